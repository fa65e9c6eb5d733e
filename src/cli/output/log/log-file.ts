import { openSync } from 'node:fs'
import { HulumanageError } from '../../../contract/index.ts'
import { LogDestination } from './log-destination.ts'

/** The file that the log goes to in addition to stderr; none until one is opened. */
export class LogFile {
  readonly #onError: (error: Error) => void
  #destination: LogDestination | undefined

  /** `onError` is called once for each file that can no longer be written, as on a full disk. */
  constructor(onError: (error: Error) => void) {
    this.#onError = onError
  }

  /**
   * Switches to this file, or to none. The previous file is flushed and closed, which releases a file that was renamed
   * meanwhile. Throws if the file cannot be opened, and then stays with the previous one.
   */
  open(path: string | undefined): void {
    const next = path === undefined ? undefined : this.#openDestination(path)
    this.#destination?.end()
    this.#destination = next
  }

  write(line: string): void {
    this.#destination?.write(line)
  }

  flushSync(): void {
    this.#destination?.flushSync()
  }

  #openDestination(path: string): LogDestination {
    let isReported = false
    return new LogDestination(openToAppend(path), error => {
      if (!isReported) this.#onError(error)
      isReported = true
    })
  }
}

/** Reasons for which a file cannot be opened, by the code of the error. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not write it',
}

function openToAppend(path: string): number {
  try {
    return openSync(path, 'a')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new HulumanageError(
      'config_invalid',
      `monitoring.log_file: cannot write ${path}: ${(code && reasons[code]) ?? message}`,
    )
  }
}
