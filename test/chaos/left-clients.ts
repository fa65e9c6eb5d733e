import type { Call } from './provider.ts'

/** A client that left before its answer was complete. */
export interface LeftClient {
  /** The id of its request. */
  readonly id: string
  /** Where its request was at that time, in words. */
  readonly phase: string
  /** The time at which it left, on the clock of `performance.now()`. */
  readonly leftAt: number
  /** The calls for it, to which later ones are added. */
  readonly calls: readonly Call[]
}

/** Milliseconds from the time a client left to the end of each call for it, in ascending order. */
export interface Closings {
  /** Of calls that had arrived by then. */
  readonly underWay: readonly number[]
  /**
   * Of calls that arrived later. The server cannot know better: it reads the request and the end of its connection one after
   * the other, and accepts new connections one at a time, so that both may wait long where it is overloaded.
   */
  readonly arrivedLater: readonly number[]
}

/** How long calls outlasted their clients, however late they began. */
export function closingsOf(clients: readonly LeftClient[]): Closings {
  const timesOf = (isLater: boolean): number[] =>
    clients
      .flatMap(({ leftAt, calls }) =>
        calls
          .filter(({ beganAt, endedAt }) => endedAt > leftAt && beganAt > leftAt === isLater)
          .map(({ endedAt }) => endedAt - leftAt),
      )
      .toSorted((one, other) => one - other)
  return { underWay: timesOf(false), arrivedLater: timesOf(true) }
}

/** The time that a share of the calls had ended by; 0 without calls. */
export function percentile(times: readonly number[], share: number): number {
  return times[Math.floor(share * (times.length - 1))] ?? 0
}

/** Calls that the server began although it could know that their client had left, and calls that never ended. */
export function faultsOfLeaving(clients: readonly LeftClient[], late: readonly string[]): string[] {
  const begun = Map.groupBy(late, id => clients.find(client => client.id === id)?.phase ?? `of ${id}`)
  const open = clients.filter(({ calls }) => calls.some(({ endedAt }) => endedAt === Infinity))
  return [
    ...[...begun].map(([phase, ids]) => `${ids.length} calls began after their client had left ${phase}`),
    ...[...Map.groupBy(open, ({ phase }) => phase)].map(
      ([phase, left]) => `${left.length} clients left ${phase}, and their calls never ended`,
    ),
  ]
}
