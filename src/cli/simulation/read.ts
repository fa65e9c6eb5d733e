import { readScenario } from '../../simulation/scenario/read.ts'
import type { ReadScenario } from '../../simulation/scenario/read.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { readConfig } from '../read-config.ts'

/** The command line of a simulation. */
export interface SimulationRequest {
  /** The file of the scenario. */
  readonly file: string | undefined
  readonly flags: FlagValues
}

/** The scenario, and the configuration that it tries. The flag `--config` takes precedence over the file that it names. */
export function readSimulation({ file, flags }: SimulationRequest): {
  readonly read: ReadScenario
  readonly loaded: LoadedConfig
} {
  const { rps, minutes, seed, ...ofServer } = flags
  const read = readScenario(file, { rps, minutes, seed })
  const { config = read.config } = ofServer
  return { read, loaded: readConfig(config === undefined ? ofServer : { ...ofServer, config }) }
}
