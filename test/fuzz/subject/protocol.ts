/** A question to the process under test, which it answers with the events since the last one. */
export interface Command {
  /** A configuration that replaces the running one, as the text of its file. */
  readonly config?: string
}

/** A message from the process under test. */
export interface Told {
  /** The process waits for its first configuration. */
  readonly ready?: true
  /** The port on which the server listens. */
  readonly port?: number
  /** Lines of the log, from warnings up. */
  readonly faults?: readonly string[]
  /** Properties of built-in prototypes that were not there at the start. */
  readonly polluted?: readonly string[]
}
