import { openSync } from 'node:fs'
import { pino } from 'pino'
import { HulumanageError } from '../../contract/index.ts'

/** Bytes that may wait for a slow disk; what comes on top is lost to the file. */
const maxWaitingBytes = 4 * 1024 * 1024

/** The file that a log goes to besides stderr; none until one is opened. */
export class LogFile {
  readonly #onError: (error: Error) => void
  #destination: ReturnType<typeof pino.destination> | undefined

  /** `onError`: told once for each file that can no longer be written, such as on a full disk. */
  constructor(onError: (error: Error) => void) {
    this.#onError = onError
  }

  /**
   * Goes on in this file, or in none. The one before is written to its end and closed, so that a file that was renamed
   * meanwhile is let go. Throws where the file cannot be opened, and stays with the one before.
   */
  open(path: string | undefined): void {
    const next = path === undefined ? undefined : this.#destinationOf(path)
    this.#destination?.end()
    this.#destination = next
  }

  write(line: string): void {
    this.#destination?.write(line)
  }

  flushSync(): void {
    this.#destination?.flushSync()
  }

  #destinationOf(path: string) {
    const destination = pino.destination({
      dest: openToAppend(path),
      sync: false,
      maxLength: maxWaitingBytes,
    })
    let isTold = false
    destination.on('error', (error: Error) => {
      if (!isTold) this.#onError(error)
      isTold = true
    })
    return destination
  }
}

function openToAppend(path: string): number {
  try {
    return openSync(path, 'a')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'its folder is missing' : message
    throw new HulumanageError('config_invalid', `monitoring.log_file: cannot write ${path}: ${reason}`)
  }
}
