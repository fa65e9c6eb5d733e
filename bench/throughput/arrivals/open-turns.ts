/** How an `OpenTurns` learns the times and sends. Times are in milliseconds. */
export interface TurnsOptions<Connection> {
  /** All requests; the first `lead` are sent, but not measured. */
  readonly count: number
  readonly lead: number
  /** The time at which a request is due, by its number. */
  readonly dueAt: (index: number) => number
  readonly send: (connection: Connection) => void
}

/**
 * Requests that are sent when they are due, whether or not the server keeps up. One waits for a free connection if all of them are
 * waiting for an answer, and its time counts from the moment that it was due.
 */
export class OpenTurns<Connection> {
  /** The milliseconds from the moment that each measured request was due until its answer was complete. */
  readonly times: Float64Array
  /** The milliseconds by which each measured request was sent late. */
  readonly late: Float64Array
  readonly #options: TurnsOptions<Connection>
  readonly #free: Connection[] = []
  readonly #waiting: number[] = []
  readonly #running = new Map<Connection, number>()
  #arrived = 0
  #answered = 0

  constructor(options: TurnsOptions<Connection>) {
    this.#options = options
    this.times = new Float64Array(options.count - options.lead)
    this.late = new Float64Array(options.count - options.lead)
  }

  /** Requests without a complete answer, those that are not due yet included. */
  get left(): number {
    return this.#options.count - this.#answered
  }

  /** Adds a connection that takes requests. Returns how many wait for one. */
  add(connection: Connection): number {
    return this.#free.push(connection)
  }

  /** Sends all that is due. */
  arrive(now: number): void {
    const { count, dueAt } = this.#options
    for (; this.#arrived < count && dueAt(this.#arrived) <= now; this.#arrived++) {
      // The last one that became free, as a pool of connections takes it.
      const connection = this.#free.pop()
      if (connection === undefined) this.#waiting.push(this.#arrived)
      else this.#send(connection, this.#arrived, now)
    }
  }

  /** The answer of a connection is complete: it takes the next request. False if none was sent over it. */
  finish(connection: Connection, now: number): boolean {
    const index = this.#running.get(connection)
    if (index === undefined) return false
    const { lead, dueAt } = this.#options
    if (index >= lead) this.times[index - lead] = now - dueAt(index)
    this.#running.delete(connection)
    this.#answered++
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(connection)
    else this.#send(connection, next, now)
    return true
  }

  #send(connection: Connection, index: number, now: number): void {
    const { lead, dueAt, send } = this.#options
    this.#running.set(connection, index)
    if (index >= lead) this.late[index - lead] = now - dueAt(index)
    send(connection)
  }
}
