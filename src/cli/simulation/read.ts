import { readScenario } from '../../simulation/scenario/read.ts'
import type { Assumed, ReadScenario } from '../../simulation/scenario/read.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { readConfig } from '../read-config.ts'

/** The command line of a simulation. */
export interface SimulationRequest {
  /** The file of the scenario. */
  readonly file: string | undefined
  readonly flags: FlagValues
  /** The part that the ledger describes, if it is asked. */
  readonly assumed?: Assumed | undefined
}

/** A scenario, and the configuration that it tries. */
export interface Simulation {
  readonly read: ReadScenario
  readonly loaded: LoadedConfig
  /** The flags with which the configuration is read. */
  readonly serverFlags: FlagValues
}

/** Reads both files. The flag `--config` takes precedence over the configuration that the scenario names. */
export function readSimulation({ file, flags, assumed }: SimulationRequest): Simulation {
  const { rps, minutes, seed, ...ofServer } = flags
  const read = readScenario(file, { rps, minutes, seed }, assumed)
  const { config = read.config } = ofServer
  const serverFlags = config === undefined ? ofServer : { ...ofServer, config }
  return { read, loaded: readConfig(serverFlags), serverFlags }
}
