/** Counts the resources that keep the process alive, by kind: timers, sockets, servers. */
export function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    // Immediates end by themselves, and this very check uses them.
    if (kind !== 'Immediate') counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/**
 * Lists resources that have been added since `before`. Sockets need some turns of the event loop to close; any that are
 * open after half a minute count.
 */
export async function leftOver(before: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const end = performance.now() + 30_000
  for (;;) {
    const more = [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
    if (more.length === 0 || performance.now() > end) return more.map(([kind, count]) => `${count} ${kind}`)
    await new Promise(setImmediate)
  }
}
