import { homedir } from 'node:os'
import { loadConfig } from '../config/load/load.ts'
import type { LoadedConfig } from '../config/load/load.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import { builtInKinds } from '../providers/kinds.ts'
import { knownKinds } from './known-kinds.ts'

/** Loads the configuration of this process from its folder, its environment and the flags given. */
export function readConfig(flags: FlagValues): LoadedConfig {
  return loadConfig({
    cwd: process.cwd(),
    home: homedir(),
    env: process.env,
    flags,
    kinds: knownKinds(builtInKinds),
  })
}
