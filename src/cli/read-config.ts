import { homedir } from 'node:os'
import { FirstPassError, loadConfig } from '../config/load/load.ts'
import type { LoadedConfig } from '../config/load/load.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import type { Problem } from '../config/problems.ts'
import { builtInKinds } from '../providers/kinds.ts'
import { problemsOf } from './checks/gather.ts'
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

/**
 * As `readConfig`, for a command that calls nobody and so needs no keys: values whose variables are not set are left out, and
 * so are all providers.
 */
export function readWithoutKeys(flags: FlagValues): LoadedConfig {
  try {
    return readConfig(flags)
  } catch (error) {
    const isUnset = error instanceof FirstPassError && error.problems.every(({ unset }) => unset)
    const rest = isUnset ? error.rest() : undefined
    if (!rest) throw error
    const { providers: _providers, ...tree } = rest.draft.tree
    return { ...rest, draft: { ...rest.draft, tree } }
  }
}

/**
 * As `readConfig`, but adds its problems to those found, and returns what is left of the configuration without them;
 * undefined if nothing can be said about the rest.
 */
export function readValidPart(flags: FlagValues, found: Problem[]): LoadedConfig | undefined {
  try {
    return readConfig(flags)
  } catch (error) {
    found.push(...problemsOf(error))
    return error instanceof FirstPassError ? error.rest() : undefined
  }
}
