import type { Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import { checkWorkers } from './check-workers.ts'
import { graceMs, onStopSignal, reloadOnHangup } from './signals.ts'
import { Workers } from './workers.ts'
import { background } from '../../time/background.ts'

/**
 * Serves with several processes until a signal arrives. This one serves no requests: it supervises them and holds
 * their shared state.
 */
export async function superviseWorkers(config: Config, log: Logger): Promise<void> {
  checkWorkers(config)
  const { workers: count, cache, drain_timeout } = config
  const workers = new Workers({ count, log, cacheBytes: () => cache.max_bytes })
  stopOnSignals(workers, log, drain_timeout * 1000 + graceMs)
  reloadOnHangup(() => workers.signal('SIGHUP'))
  const started = await workers.start()
  if (typeof started === 'string') process.stdout.write(started)
  // The worker has reported the error itself. If it was told to end while it started, all end as on any signal.
  else if (!workers.stopping) process.exit(started.code)
}

/**
 * Handles signals as a single server does: the first lets the workers drain, a second one that is not an echo ends
 * them at once.
 */
function stopOnSignals(workers: Workers, log: Logger, longestMs: number): void {
  const endAtOnce = (): void => {
    workers.signal('SIGKILL')
    process.exit(1)
  }
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal, workers: workers.size }, 'shutting down')
    setTimeout(endAtOnce, longestMs)
    const stopped = workers.stop(signal).then(() => process.exit(0))
    background(stopped, log, 'the workers did not stop')
  }
  onStopSignal(stop, endAtOnce)
}
