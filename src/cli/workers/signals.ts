import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import type { RunningServer } from '../../server/listen.ts'

/** Milliseconds on top of the drain before the process is ended whatever it does. */
export const graceMs = 5_000
/** One Ctrl-C can come twice: from the terminal, and from npm or the launcher, which hand on what they get. */
export const echoMs = 1_000

/**
 * Drains and ends the process with 0 at SIGINT or SIGTERM; at another one more than a second later at once, with 1. An
 * error that nobody caught drains as well and ends with 1.
 */
export function stopOnSignals(server: RunningServer, log: Logger, drainSeconds: number): void {
  const { close } = closeWithGrace(
    { delay: drainSeconds * 1000 + graceMs, logger: log, skip: ['SIGINT', 'SIGTERM', 'SIGHUP'] },
    async ({ err }) => {
      if (err) log.fatal({ err }, 'An error that nobody caught; shutting down')
      await server.stop()
    },
  )
  let stopping: number | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now()
    if (stopping === undefined) {
      stopping = now
      log.info({ signal, running: server.app.inFlight.size }, 'Shutting down')
      close()
    } else if (now - stopping > echoMs) process.exit(1)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

/** Reloads at SIGHUP. On a terminal that signal says that the terminal is gone, and ends the process as usual. */
export function reloadOnHangup(reload: () => void): void {
  if (!process.stdout.isTTY) process.on('SIGHUP', reload)
}
