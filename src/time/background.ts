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
