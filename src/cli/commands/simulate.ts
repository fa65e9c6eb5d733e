import { fitScenario } from '../../simulation/history/fit.ts'
import { readTraffic } from '../../simulation/history/recorded-calls.ts'
import { scenarioProblems } from '../../simulation/scenario/check.ts'
import { scenarioError } from '../../simulation/scenario/read.ts'
import { withLedger } from '../ledger/with-ledger.ts'
import type { Invocation } from '../program.ts'
import { simulateInThread } from '../simulation/in-thread.ts'
import { readSimulation } from '../simulation/read.ts'
import type { SimulationRequest } from '../simulation/read.ts'
import { renderSimulation } from '../simulation/render.ts'

/** Tries a configuration under the load and with the providers of a scenario, and prints what happened. */
export async function simulate({ arguments: [file], values }: Invocation): Promise<void> {
  const { json = false, fromLedger = false, ...flags } = values
  const request = await withLedgerOf({ file, flags }, fromLedger === true)
  // Mistakes show here, before a thread is started for the rest.
  const { read, loaded } = readSimulation(request)
  const problems = scenarioProblems(read, loaded.config)
  if (problems.length > 0) throw scenarioError(problems)
  const startedAt = performance.now()
  const report = await simulateInThread(request)
  const seconds = (performance.now() - startedAt) / 1000
  process.stdout.write(json === true ? `${JSON.stringify(report, undefined, 2)}\n` : renderSimulation(report))
  const { begun } = report.requests
  process.stderr.write(`${begun.toLocaleString('en-US')} requests in ${seconds.toFixed(1)} s\n`)
}

/** The request with the providers and the kinds of requests that the ledger of the configuration has recorded. */
async function withLedgerOf(request: SimulationRequest, isWanted: boolean): Promise<SimulationRequest> {
  if (!isWanted) return request
  const { loaded, serverFlags } = readSimulation(request)
  const traffic = await withLedger(serverFlags, readTraffic)
  process.stderr.write(`described by ${traffic.length.toLocaleString('en-US')} requests of the ledger\n`)
  return { ...request, assumed: fitScenario(traffic, loaded.config) }
}
