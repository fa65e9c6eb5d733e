/** The value below which a share of all values lies; undefined without values. @param {number[]} values @param {number} share */
export function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/** The sum of a figure. @template T @param {readonly T[]} items @param {(item: T) => number} figure */
export function sum(items, figure) {
  return items.reduce((total, item) => total + figure(item), 0)
}

/** Items by a key, in the order in which the keys appear. @template T @param {readonly T[]} items @param {(item: T) => string} key */
export function groupBy(items, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map()
  for (const item of items) {
    const name = key(item)
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return groups
}
