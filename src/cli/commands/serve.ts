import cluster from 'node:cluster'
import { pino } from 'pino'
import type { Logger } from 'pino'
import type { LoadedConfig } from '../../config/load/load.ts'
import { grouped, renderNote, renderProblem } from '../../config/problems.ts'
import { CurrentLedger } from '../../ledger/current-ledger.ts'
import { startServer } from '../../server/listen.ts'
import { openSharedStore } from '../../store/open.ts'
import { compose } from '../compose.ts'
import { checkLedger } from '../ledger/check-ledger.ts'
import { placeOfLedger } from '../ledger/place.ts'
import { createFlagReader } from '../flag-reader.ts'
import { createServerLog } from '../output/log/log.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { followConfig, readAgain } from '../reload.ts'
import { reloadOnHangup, stopOnSignals } from '../workers/signals.ts'
import { summarize } from '../output/summary.ts'
import { emptyError, isEmpty } from '../checks/empty-config.ts'
import { withSteps } from '../with-steps.ts'
import { warningsOn } from '../checks/warnings.ts'
import { welcome } from '../output/welcome.ts'
import type { Worker } from '../workers/worker.ts'

/** Starts the server, which runs until a signal arrives. */
export async function serve(invocation: Invocation, argv: readonly string[]): Promise<void> {
  const worker = await loadWorker()
  try {
    await start(invocation, argv, worker)
  } catch (error) {
    worker?.unref()
    if (!isFirst(worker)) throw error
    const { withAllProblems } = await import('../checks/validate.ts')
    throw await withAllProblems(error, invocation.values, createFlagReader(argv, invocation))
  }
}

async function start(
  invocation: Invocation,
  argv: readonly string[],
  worker: Worker | undefined,
): Promise<void> {
  const { values } = invocation
  const loaded = readConfig(values)
  if (isEmpty(loaded)) {
    await checkWords(invocation, argv, loaded)
    throw emptyError(loaded)
  }
  checkLedger(loaded.config)
  const { log, follow } = createServerLog(loaded.config.monitoring, worker?.index)
  if (!worker)
    for (const note of grouped(loaded.notes))
      log[note.effect === 'nothing' ? 'info' : 'warn'](renderNote(note))
  if (!worker && loaded.config.workers > 1) return await serveWithWorkers(loaded, log)
  const composition = compose({
    loaded,
    log,
    readFlags: createFlagReader(argv, invocation),
    openStore: async config => (await openSharedStore(config, log)) ?? (await worker?.openStore(log)),
    ...(worker && { adapt: worker.shareOf, fleet: worker }),
  })
  const { currentConfig } = composition
  const ledger = new CurrentLedger(config => placeOfLedger(config, loaded.file), log)
  await ledger.follow(currentConfig)
  const server = await startServer({ ...composition, siblings: worker, ledger })
  const { report, check } = server.prepared

  const warningsIn = isFirst(worker)
    ? (next: LoadedConfig) => warningsOn(next, server.app.steps.values())
    : undefined
  for (const warning of warningsIn?.(loaded) ?? []) log.warn(renderProblem(warning))
  follow(currentConfig)
  const load = () => readAgain(values, check)
  reloadOnHangup(followConfig({ loaded, currentConfig, log, load, warningsOn: warningsIn }))
  stopOnSignals(server, log, currentConfig.value.drain_timeout)

  const text = welcome({
    url: server.url,
    adminUrl: server.adminUrl,
    config: currentConfig.value,
    facts: summarize({ ...loaded, config: currentConfig.value }),
    steps: server.app.steps.names(),
    failed: report.failed.map(({ error }) => error.message),
  })
  if (worker) await worker.ready(text, server.url)
  else process.stdout.write(text)
}

/** Throws if a word of the command line is unknown: a misspelled flag is a reason why nothing is configured. */
async function checkWords(
  invocation: Invocation,
  argv: readonly string[],
  loaded: LoadedConfig,
): Promise<void> {
  const log = pino({ level: 'silent' })
  await withSteps({ loaded, log, readFlags: createFlagReader(argv, invocation) }, async () => {})
}

/** Whether this process speaks for all that serve the port. */
function isFirst(worker: Worker | undefined): boolean {
  return !worker || cluster.worker?.id === 1
}

/** This process as a worker, if it is one. The code for workers is loaded only there. */
async function loadWorker(): Promise<Worker | undefined> {
  return cluster.isWorker ? new (await import('../workers/worker.ts')).Worker() : undefined
}

async function serveWithWorkers({ config }: LoadedConfig, log: Logger): Promise<void> {
  const { superviseWorkers } = await import('../workers/supervise.ts')
  await superviseWorkers(config, log)
}
