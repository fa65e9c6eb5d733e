/** The result of a vote. */
export interface Vote<T> {
  /** The first item of the group with the most votes; of equal groups, the one that came first. */
  readonly winner: T
  readonly votes: number
  /** The key that the winner's group shares. */
  readonly key: string
  /** Votes by key, in order of appearance. */
  readonly counts: ReadonlyMap<string, number>
}

/** Groups items by key and finds the largest group. */
export function vote<T>(items: readonly [T, ...T[]], keyOf: (item: T) => string): Vote<T> {
  const groups = new Map<string, { readonly key: string; readonly first: T; votes: number }>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.votes++
    else groups.set(key, { key, first: item, votes: 1 })
  }
  let [winner] = groups.values()
  for (const group of groups.values()) if (group.votes > winner!.votes) winner = group
  return {
    winner: winner!.first,
    votes: winner!.votes,
    key: winner!.key,
    counts: new Map([...groups].map(([key, { votes }]) => [key, votes])),
  }
}
