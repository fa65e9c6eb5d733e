/** Enough to pass any maximum. Without it a long row of failures would make Infinity, and NaN of a `first` of 0. */
const mostDoublings = 64

/** How long to wait: `first`, doubled for each of the `failures` before it, at most `maximum`. Any one unit of time. */
export function backoff(first: number, failures: number, maximum: number): number {
  return Math.min(first * 2 ** Math.min(failures, mostDoublings), maximum)
}
