interface BackgroundLog {
  warn: (facts: object, message: string) => void
}

/**
 * Runs work that nobody waits for. A failure is logged with `message`, and never ends the process as an unhandled
 * rejection.
 */
export function background(
  work: Promise<unknown>,
  log: BackgroundLog,
  message: string,
  facts: object = {},
): void {
  work.catch((error: unknown) => log.warn({ ...facts, err: error }, message))
}

/**
 * Runs work that nobody waits for and that handles its own failures. A failure that comes through all the same is a bug: it
 * becomes an unhandled rejection whose message says that `work` failed, which the process logs and survives. `name` opens
 * that message, as in "closing the provider".
 */
export function detach(work: Promise<unknown>, name: string): void {
  work.catch((cause: unknown) => {
    throw new Error(`${name} failed`, { cause })
  })
}
