import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { LogFile } from './log-file.ts'

type Monitoring = Pick<Config['monitoring'], 'log_level' | 'log_file'>
type LogLevel = Monitoring['log_level']

/** Names that the documents use, and what they are to pino. */
const renamed: Partial<Record<LogLevel, string>> = { warning: 'warn', critical: 'fatal' }

function levelOf(level: LogLevel): string {
  return renamed[level] ?? level
}

/** JSON lines on stderr, written in the background; stdout stays free for what was asked for. */
export function createLogger(level: LogLevel): Logger {
  return loggerTo(openStderr(), level)
}

/** The log of a server. */
export interface ServerLog {
  readonly log: Logger
  /** Keeps level and file as the configuration says. A reload opens the file anew, as rotation needs it. */
  follow: (current: CurrentConfig) => void
}

/** JSON lines on stderr, and in `monitoring.log_file` as well; throws where that cannot be written. */
export function createServerLog({ log_level, log_file }: Monitoring): ServerLog {
  const stderr = openStderr()
  const stderrLog = loggerTo(stderr, 'error')
  const file = new LogFile(error => stderrLog.error({ err: error }, 'The log file cannot be written'))
  file.open(log_file)
  const log = loggerTo(both(stderr, file), log_level)
  const follow = (current: CurrentConfig): void => {
    current.subscribe(({ monitoring }) => {
      log.level = levelOf(monitoring.log_level)
      try {
        file.open(monitoring.log_file)
      } catch (error) {
        log.error({ err: error }, 'The log goes on where it went before')
      }
    })
  }
  return { log, follow }
}

interface LogStream extends DestinationStream {
  /** What pino calls before a process that logged something fatal ends. */
  flushSync: () => void
}

function openStderr(): LogStream {
  return pino.destination({ dest: 2, sync: false })
}

function both(one: LogStream, other: LogStream): LogStream {
  return {
    write: line => {
      one.write(line)
      other.write(line)
    },
    flushSync: () => {
      one.flushSync()
      other.flushSync()
    },
  }
}

function loggerTo(stream: LogStream, level: LogLevel): Logger {
  return pino({ level: levelOf(level), base: null }, stream)
}
