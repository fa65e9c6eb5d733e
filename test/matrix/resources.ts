/** What keeps the process alive now, by kind: timers, sockets, servers. */
export function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    // Turns of the loop, which end by themselves: this very check takes some.
    if (kind !== 'Immediate') counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** What there is more of than before. Sockets need some turns of the loop to close; what is left after two seconds stays. */
export async function leftOver(before: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const end = performance.now() + 2_000
  for (;;) {
    const more = [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
    if (more.length === 0 || performance.now() > end) return more.map(([kind, count]) => `${count} ${kind}`)
    await new Promise(setImmediate)
  }
}
