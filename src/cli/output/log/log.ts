import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'
import type { Config } from '../../../config/schema.ts'
import type { CurrentConfig } from '../../../config/current.ts'
import { loggedError } from '../../../contract/logged-error.ts'
import { LogDestination } from './log-destination.ts'
import { LogFile } from './log-file.ts'
import { prettyLine } from './pretty-line.ts'

type Monitoring = Pick<Config['monitoring'], 'log_level' | 'log_file' | 'log_format'>
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

/**
 * Creates a log on stderr, for people or as JSON lines, and as JSON lines in `monitoring.log_file`; throws if that cannot be
 * opened. `worker`: the index of this process among those that serve the port, which is then in every line.
 */
export function createServerLog({ log_level, log_file, log_format }: Monitoring, worker?: number): ServerLog {
  const toStderr = new Terminal(new LogDestination(stderr), log_format)
  const stderrLog = createLoggerTo(toStderr, 'error')
  const file = new LogFile(error => stderrLog.error({ err: error }, 'the log file cannot be written'))
  file.open(log_file)
  const log = createLoggerTo(tee(toStderr, file), log_level, worker)
  const follow = (current: CurrentConfig): void => {
    current.subscribe(({ monitoring }) => {
      log.level = levelOf(monitoring.log_level)
      toStderr.format = monitoring.log_format
      try {
        file.open(monitoring.log_file)
      } catch (error) {
        log.error({ err: error }, 'the log file cannot be opened; keeping the previous one')
      }
    })
  }
  return { log, follow }
}

/** Writes lines to stderr in the form that suits whoever reads them. */
class Terminal implements LogStream {
  format: Monitoring['log_format']
  readonly #destination: LogDestination
  readonly #isTerminal = process.stderr.isTTY

  constructor(destination: LogDestination, format: Monitoring['log_format']) {
    this.#destination = destination
    this.format = format
  }

  write(line: string): void {
    const pretty = this.format === 'pretty' || (this.format === 'auto' && this.#isTerminal)
    this.#destination.write(pretty ? prettyLine(line, this.#isTerminal && !process.env['NO_COLOR']) : line)
  }

  flushSync(): void {
    this.#destination.flushSync()
  }
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
export function createLoggerTo(stream: DestinationStream, level: LogLevel, worker?: number): Logger {
  const base = worker === undefined ? null : { worker }
  return pino({ level: levelOf(level), base, serializers: { err: loggedError } }, stream)
}
