/** All pairs of the items, neighbours first so that every item occurs early, then each item alone. */
export function combinations<T>(items: readonly T[]): T[][] {
  const pairs: T[][] = []
  for (let distance = 1; distance < items.length; distance++) {
    for (let at = 0; at + distance < items.length; at++) pairs.push([items[at]!, items[at + distance]!])
  }
  return [...pairs, ...items.map(item => [item])]
}
