import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { HulumanageError } from '../../contract/index.ts'
import type { ErrorCode } from '../../contract/index.ts'
import type { SimulationReport } from '../../simulation/figures/report.ts'
import type { SimulationRequest } from './read.ts'

/** The answer of the thread. */
export type SimulationAnswer =
  | { readonly report: SimulationReport }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } }

/**
 * Room for young objects. Requests under way are many at a time and live long: with less room, half of the time is spent on
 * copying them.
 */
const youngMegabytes = 192

/**
 * Runs a simulation in a thread of its own, so that the clock of this one stays as it is. Rejects with the coded error of the
 * simulation.
 */
export async function simulateInThread(request: SimulationRequest): Promise<SimulationReport> {
  const program = new URL(
    `./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
    import.meta.url,
  )
  const worker = new Worker(program, {
    workerData: request,
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  try {
    const [answer] = (await Promise.race([once(worker, 'message'), endOf(worker)])) as [SimulationAnswer]
    if ('report' in answer) return answer.report
    throw new HulumanageError(answer.failure.code, answer.failure.message)
  } finally {
    await worker.terminate()
  }
}

/** Rejects when the thread ends: without an answer, a plugin has ended it, or waits for a time that does not come. */
async function endOf(worker: Worker): Promise<never> {
  await once(worker, 'exit')
  const message =
    'The simulation ended without a result: a plugin has ended it, or waits at its start for a timer, which runs only once requests come'
  throw new HulumanageError('plugin_failed', message)
}
