import type { Trip } from '../trips/trips.ts'

/** Something that one request takes, counted and not timed. */
export interface Counter {
  /** The figure and its unit, for people. */
  readonly title: string
  /** Sends requests until the code that they run is compiled for the most part. */
  warm: (trip: Trip) => Promise<void>
  /** The figure of one request: the mean of some. */
  count: (trip: Trip) => Promise<number>
  stop: () => Promise<void>
}

/** Starts a counter for the server of a checkout. */
export type StartCounter = (checkout: string) => Promise<Counter>
