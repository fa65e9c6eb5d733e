/** Orders by the first number in which two lists differ, for `sort`: the list with the lower one comes first. */
export function compareMerits(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index])
  return at === -1 ? 0 : left[at]! - right[at]!
}
