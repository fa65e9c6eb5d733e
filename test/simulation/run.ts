import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { readSimulation } from '../../src/cli/simulation/read.ts'
import { runSimulation } from '../../src/cli/simulation/run.ts'
import type { SimulationReport } from '../../src/simulation/figures/report.ts'

/** The two files of a simulation, as values. */
export interface Files {
  readonly config: object
  readonly scenario: object
}

/** Writes the files to a folder of the test; returns the path of the scenario. */
export function writeScenario(t: Test, { config, scenario }: Files, folder = t.testdir({})): string {
  const file = join(folder, 'scenario.yaml')
  writeFileSync(join(folder, 'hulumanage.yaml'), JSON.stringify(config))
  writeFileSync(file, JSON.stringify({ config: 'hulumanage.yaml', ...scenario }))
  return file
}

/** Runs a scenario in this thread. */
export async function run(t: Test, files: Files, folder?: string): Promise<SimulationReport> {
  const { read, loaded } = readSimulation({ file: writeScenario(t, files, folder), flags: {} })
  return await runSimulation(read, loaded)
}

/** A provider that nothing is sent to: the way to it is simulated. */
export const service = (name: string, settings: object = {}) => ({
  name,
  base_url: `https://${name}.example/v1`,
  api_key: 'sk-of-a-test',
  price: { input: 1, output: 2 },
  ...settings,
})

/** The settings that all of these configurations share. */
export const common = { model: 'small', approach: 'proxy' }
