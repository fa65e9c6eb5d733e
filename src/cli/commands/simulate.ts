import { scenarioProblems } from '../../simulation/scenario/check.ts'
import { scenarioError } from '../../simulation/scenario/read.ts'
import type { Invocation } from '../program.ts'
import { simulateInThread } from '../simulation/in-thread.ts'
import { readSimulation } from '../simulation/read.ts'
import { renderSimulation } from '../simulation/render.ts'

/** Tries a configuration under the load and with the providers of a scenario, and prints what happened. */
export async function simulate({ arguments: [file], values }: Invocation): Promise<void> {
  const { json = false, ...flags } = values
  const request = { file, flags }
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
