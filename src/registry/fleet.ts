/** Questions that a process asks all processes which serve the same port, workers of one server, itself included. */
export interface Fleet {
  /**
   * Lets `own` answer a question for this process, and returns the function that asks all. It never rejects: answers of
   * processes that are busy or gone are missing. Arguments and answers must be cloneable. One question has one `own`.
   */
  readonly gather: <A extends readonly unknown[], T>(
    question: string,
    own: (...values: A) => T,
  ) => (...values: A) => Promise<readonly T[]>
}

/** The fleet of a process that serves its port alone. */
export const aloneFleet: Fleet = {
  gather:
    (_question, own) =>
    async (...values) => [own(...values)],
}
