import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { loggedError } from '../../contract/logged-error.ts'
import { LogDestination } from './log-destination.ts'
import { LogFile } from './log-file.ts'

type Monitoring = Pick<Config['monitoring'], 'log_level' | 'log_file'>
type LogLevel = Monitoring['log_level']

/** The file descriptor of stderr. */
const stderr = 2

/** Names of levels in the documents that pino calls differently. */
const renamed: Partial<Record<LogLevel, string>> = { warning: 'warn', critical: 'fatal' }

function levelOf(level: LogLevel): string {
  return renamed[level] ?? level
}

/** Creates a log of JSON lines on stderr, written in the background; stdout is left to the output of commands. */
export function createLogger(level: LogLevel): Logger {
  return createLoggerTo(new LogDestination(stderr), level)
}

/** The log of a server. */
export interface ServerLog {
  readonly log: Logger
  /** Applies the level and file of each reloaded configuration. A reload also reopens the file, for log rotation. */
  follow: (current: CurrentConfig) => void
}

/** Creates a log of JSON lines on stderr and in `monitoring.log_file`; throws if that cannot be opened. */
export function createServerLog({ log_level, log_file }: Monitoring): ServerLog {
  const toStderr = new LogDestination(stderr)
  const stderrLog = createLoggerTo(toStderr, 'error')
  const file = new LogFile(error => stderrLog.error({ err: error }, 'the log file cannot be written'))
  file.open(log_file)
  const log = createLoggerTo(tee(toStderr, file), log_level)
  const follow = (current: CurrentConfig): void => {
    current.subscribe(({ monitoring }) => {
      log.level = levelOf(monitoring.log_level)
      try {
        file.open(monitoring.log_file)
      } catch (error) {
        log.error({ err: error }, 'the log file cannot be opened; keeping the previous one')
      }
    })
  }
  return { log, follow }
}

interface LogStream extends DestinationStream {
  /** Called by pino before a process ends that has logged something fatal. */
  flushSync: () => void
}

function tee(one: LogStream, other: LogStream): LogStream {
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

/** Creates a log of JSON lines. Errors appear without the words of providers, which may repeat a prompt. */
export function createLoggerTo(stream: DestinationStream, level: LogLevel): Logger {
  return pino({ level: levelOf(level), base: null, serializers: { err: loggedError } }, stream)
}
