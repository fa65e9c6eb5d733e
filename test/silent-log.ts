import { pino } from 'pino'

/** A log that nobody reads. One for all tests: a logger of its own for each call took most of the time of some of them. */
export const silentLog = pino({ level: 'silent' })
