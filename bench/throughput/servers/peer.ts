/** Where a server runs. */
export interface Place {
  readonly port: number
  readonly upstreamPort: number
  /** A folder of its own. */
  readonly folder: string
}

/** A server to measure: the commands and files that put it between the load and the upstream. */
export interface Peer {
  readonly name: string
  /** The reason why it cannot run here, with what to install; undefined if it can. */
  readonly missing?: () => string | undefined
  /** Whether it answers requests for chains of approaches. */
  readonly hasApproaches?: boolean
  /** Whether its streams fail, so that only whole answers are measured. */
  readonly breaksStreams?: boolean
  /** Its worker processes; 1 if it does not say. Those of more than one share the cores of the load. */
  readonly workers?: number
  /** Whether its metrics are read once a second while it is under load. */
  readonly isScraped?: boolean
  /** The version, if it is not the one of the program. */
  readonly commit?: string | undefined
  readonly command: (place: Place) => readonly string[]
  /** Files to write into its folder before the start, by name. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>
  readonly env?: (place: Place) => Readonly<Record<string, string>>
  /** Headers that its clients have to send. */
  readonly headers?: (place: Place) => Readonly<Record<string, string>>
}
