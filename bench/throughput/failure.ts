/** Ends the benchmark with its message: the machine lacks something, or a server gave a wrong answer. */
export class BenchFailure extends Error {}
