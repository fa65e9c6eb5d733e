/** Comparator for `sort`: orders lists by the first number in which they differ, the lower one first. */
export function compareMerits(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index])
  return at === -1 ? 0 : left[at]! - right[at]!
}
