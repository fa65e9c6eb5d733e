import { pino } from 'pino'

/**
 * Bytes of lines that are written at once. Under load a line is then not worth a write of its own, and a hand-over to a
 * thread, which cost more than all else about it.
 */
const batchBytes = 4096

/** Milliseconds that a line waits at most for others. */
const maxWaitMs = 100

/** Maximum bytes that wait for a slow disk or reader; lines beyond are dropped. */
const maxWaitingBytes = 4 * 1024 * 1024

/**
 * Opens a file descriptor for log lines, which are written in the background and in batches. All of them are written
 * before the process exits, unless it is killed.
 */
export function openLogDestination(descriptor: number): ReturnType<typeof pino.destination> {
  return pino.destination({
    dest: descriptor,
    sync: false,
    minLength: batchBytes,
    periodicFlush: maxWaitMs,
    maxLength: maxWaitingBytes,
  })
}
