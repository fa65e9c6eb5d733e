import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import type { RunningServer } from '../../server/listen.ts'

/**
 * Milliseconds after the drain timeout until the process is ended regardless of what it does: more than the errors of aborted
 * requests and then the thread of a ledger may take.
 */
export const graceMs = 10_000
/**
 * Milliseconds within which a signal may be an echo: npm and the launcher forward the Ctrl-C that the terminal sends
 * to all.
 */
const echoMs = 1_000

/**
 * On SIGINT or SIGTERM, drains and ends the process with 0; a second signal that is not an echo ends it at once with 1.
 * An uncaught error drains as well and ends it with 1. A rejection that nobody handles is logged, no more: it is most often
 * that of a plugin, and concerns one request at most.
 */
export function stopOnSignals(server: RunningServer, log: Logger, drainSeconds: number): void {
  const { close } = closeWithGrace(
    {
      delay: drainSeconds * 1000 + graceMs,
      logger: log,
      skip: ['SIGINT', 'SIGTERM', 'SIGHUP', 'unhandledRejection'],
    },
    async ({ err }) => {
      if (err) log.fatal({ err }, 'uncaught error; shutting down')
      await server.stop()
    },
  )
  process.on('unhandledRejection', reason => {
    log.error({ err: reason }, 'nobody handled the rejection of a promise; its stack names the code at fault')
  })
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal, running: server.app.inFlight.size }, 'shutting down')
    close()
  }
  onStopSignal(stop, () => process.exit(1))
}

/** Calls `stop` on the first SIGINT or SIGTERM, and `endAtOnce` on a further one that is not an echo. */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void, endAtOnce: () => void): void {
  let stoppedAt: number | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now()
    if (stoppedAt === undefined) {
      stoppedAt = now
      stop(signal)
    } else if (now - stoppedAt > echoMs) endAtOnce()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

/** Reloads on SIGHUP. On a terminal, that signal means the terminal has closed, and ends the process as usual. */
export function reloadOnHangup(reload: () => void): void {
  if (!process.stdout.isTTY) process.on('SIGHUP', reload)
}
