/** A question to the process under test, which it answers with the events since the last one. */
export interface Command {
  /** A configuration that replaces the running one, as the text of its file. */
  readonly config?: string
  /** A configuration that is only read and checked. */
  readonly tried?: string
  /** Whether to collect garbage before the figures are taken; needs the flag `--expose-gc`. */
  readonly collects?: true
}

/** The resources of a process, and the delay of its event loop since the last question. */
export interface Held {
  /** Requests being answered. */
  readonly requests: number
  /** Resources that keep the process alive, by kind: timers, sockets, servers. */
  readonly resources: Readonly<Record<string, number>>
  /** Bytes in use by objects and buffers. */
  readonly bytes: number
  /** The 99th percentile of the event loop's delay, in milliseconds. */
  readonly delayMs: number
}

/** A message from the process under test. */
export interface Told {
  /** The process waits for its first configuration. */
  readonly ready?: true
  /** The port on which the server listens. */
  readonly port?: number
  readonly held?: Held
  /** Lines of the log, from warnings up. */
  readonly faults?: readonly string[]
  /** Properties of built-in prototypes that were not there at the start. */
  readonly polluted?: readonly string[]
  /** The ids of all requests whose clients had left when a call for them began, once for each call. */
  readonly late?: readonly string[]
}
