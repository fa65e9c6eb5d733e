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

/** Times in milliseconds by which calls outlasted their clients. */
export interface Closings {
  /** From the time a client left to the end of each call for it, in ascending order. */
  readonly times: readonly number[]
  /** How many of these calls arrived after their client had left: they were on their way. */
  readonly arrivedLater: number
}

/** How long calls outlasted their clients, however late they began. */
export function closingsOf(clients: readonly LeftClient[]): Closings {
  const outlasting = clients.flatMap(({ leftAt, calls }) =>
    calls
      .filter(({ endedAt }) => endedAt > leftAt)
      .map(({ beganAt, endedAt }) => ({ time: endedAt - leftAt, isLater: beganAt > leftAt })),
  )
  return {
    times: outlasting.map(({ time }) => time).toSorted((one, other) => one - other),
    arrivedLater: outlasting.filter(({ isLater }) => isLater).length,
  }
}

/** The time that a share of all calls had ended by. */
export function percentile({ times }: Closings, share: number): number {
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
