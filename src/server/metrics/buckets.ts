/** Upper bounds for times, in seconds: from an answer of the cache to a chain that thinks for minutes. */
export const secondsBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
/** Upper bounds for the number of model calls behind an answer. */
export const callsBuckets = [1, 2, 3, 5, 8, 13, 21, 34, 64, 128, 256]
