import type { KeptClient } from './kept-client.ts'

/** The names of clients that differ between two readings; undefined if none do. */
export function changesBetween(
  before: readonly KeptClient[],
  after: readonly KeptClient[],
): Readonly<Partial<Record<'created' | 'rotated' | 'revoked', readonly string[]>>> | undefined {
  const [old, now] = [byName(before), byName(after)]
  const differs = (name: string) => old.get(name)!.client.key !== now.get(name)?.client.key
  const groups = {
    created: [...now.keys()].filter(name => !old.has(name)),
    rotated: [...now.keys()].filter(name => old.has(name) && differs(name)),
    revoked: [...old.keys()].filter(name => !now.has(name)),
  }
  const filled = Object.entries(groups).filter(([, names]) => names.length > 0)
  return filled.length === 0 ? undefined : Object.fromEntries(filled)
}

function byName(clients: readonly KeptClient[]): ReadonlyMap<string, KeptClient> {
  return new Map(clients.map(kept => [kept.client.name, kept]))
}
