import { readFileSync } from 'node:fs'
import type { LoadedConfig } from '../config/load/load.ts'
import { unreadVariables } from '../config/load/unread-variables.ts'
import type { Problem } from '../config/problems.ts'
import type { Step } from '../contract/index.ts'
import { unpricedProviders } from './unpriced-providers.ts'

/** Everything that a user should know about a valid configuration; `steps`: those that are loaded. */
export function warningsOn(loaded: LoadedConfig, steps: readonly Step[]): readonly Problem[] {
  const text = loaded.file === undefined ? '' : readText(loaded.file)
  return [...loaded.warnings, ...unreadVariables(loaded, steps, text), ...unpricedProviders(loaded)]
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
