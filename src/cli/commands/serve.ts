import cluster from 'node:cluster'
import type { Logger } from 'pino'
import { HulumanageError } from '../../contract/index.ts'
import { hasUpstream } from '../../config/enabled.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import { renderProblem } from '../../config/problems.ts'
import { startServer } from '../../server/listen.ts'
import { openSharedStore } from '../../store/open.ts'
import { compose } from '../compose.ts'
import { createFlagReader } from '../flag-reader.ts'
import { createServerLog } from '../output/log.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { followConfig } from '../reload.ts'
import { reloadOnHangup, stopOnSignals } from '../workers/signals.ts'
import { shownPath, summarize } from '../output/summary.ts'
import { welcome } from '../output/welcome.ts'
import type { Worker } from '../workers/worker.ts'

/** Starts the server, which runs until a signal arrives. */
export async function serve(invocation: Invocation, argv: readonly string[]): Promise<void> {
  const worker = await loadWorker()
  try {
    await start(invocation, argv, worker)
  } catch (error) {
    worker?.unref()
    throw error
  }
}

async function start(
  invocation: Invocation,
  argv: readonly string[],
  worker: Worker | undefined,
): Promise<void> {
  const { values } = invocation
  const loaded = readConfig(values)
  checkUpstream(loaded)
  const { log, follow } = createServerLog(loaded.config.monitoring)
  if (!worker) for (const note of loaded.notes) log.warn(`not carried over: ${renderProblem(note)}`)
  if (!worker && loaded.config.workers > 1) return await serveWithWorkers(loaded, log)
  const composition = compose({
    loaded,
    log,
    readFlags: createFlagReader(argv, invocation),
    openStore: async config => (await openSharedStore(config, log)) ?? (await worker?.openStore(log)),
    ...(worker && { adapt: worker.shareOf }),
  })
  const { currentConfig } = composition
  const server = await startServer({ ...composition, siblings: worker })
  const { report, check } = server.prepared

  follow(currentConfig)
  const load = () => check(readConfig(values))
  reloadOnHangup(followConfig({ loaded, currentConfig, log, load }))
  stopOnSignals(server, log, currentConfig.value.drain_timeout)

  const text = welcome({
    url: server.url,
    config: currentConfig.value,
    facts: summarize({ ...loaded, config: currentConfig.value }),
    steps: server.app.steps.names(),
    failed: report.failed.map(({ error }) => error.message),
  })
  if (worker) await worker.ready(text, server.url)
  else process.stdout.write(text)
}

/** This process as a worker, if it is one. The code for workers is loaded only there. */
async function loadWorker(): Promise<Worker | undefined> {
  return cluster.isWorker ? new (await import('../workers/worker.ts')).Worker() : undefined
}

async function serveWithWorkers({ config }: LoadedConfig, log: Logger): Promise<void> {
  const { superviseWorkers } = await import('../workers/supervise.ts')
  await superviseWorkers(config, log)
}

/** Refuses to start a server that could not answer anything, a mistake that should show at once. */
function checkUpstream({ config, file, sources, searched }: LoadedConfig): void {
  if (hasUpstream(config)) return
  // Steps of a plugin may answer by themselves, so a file with any content is enough.
  if (file !== undefined && Object.values(sources).includes('file')) return
  throw new HulumanageError(
    'config_invalid',
    [
      'nothing is configured, so there is no model to call. Do one of the following:',
      '  - set OPENAI_API_KEY, and OPENAI_BASE_URL for a service other than OpenAI',
      '  - start with --base-url URL, for a server that requires no key',
      `  - write a configuration, such as ${shownPath(searched[0] ?? 'hulumanage.yaml')}, or name one with --config FILE`,
      '  - try it without any of these: `npm start` in a checkout runs a demo with simulated providers',
    ].join('\n'),
  )
}
