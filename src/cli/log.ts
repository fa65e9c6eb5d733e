import { pino } from 'pino'
import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import type { CurrentConfig } from '../config/current.ts'

type LogLevel = Config['monitoring']['log_level']

/** Names that the documents use, and what they are to pino. */
const renamed: Partial<Record<LogLevel, string>> = { warning: 'warn', critical: 'fatal' }

function levelOf(level: LogLevel): string {
  return renamed[level] ?? level
}

/** JSON lines on stderr, written in the background; stdout stays free for what was asked for. */
export function createLogger(level: LogLevel): Logger {
  const destination = pino.destination({ dest: 2, sync: false })
  return pino({ level: levelOf(level), base: null }, destination)
}

/** Keeps the level as the configuration says, reloads included. */
export function followLevel(log: Logger, current: CurrentConfig): void {
  current.subscribe(config => {
    log.level = levelOf(config.monitoring.log_level)
  })
}
