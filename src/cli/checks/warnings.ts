import { readFileSync } from 'node:fs'
import type { LoadedConfig } from '../../config/load/load.ts'
import { unreadVariables } from '../../config/load/unread-variables.ts'
import type { Problem } from '../../config/problems.ts'
import type { Step } from '../../contract/index.ts'
import { keylessProviders } from './keyless-providers.ts'
import { misspelledEndpoints } from './limited-endpoints.ts'
import { unpricedProviders } from './unpriced-providers.ts'
import { unreachableTimeouts } from './unreachable-timeouts.ts'

/** Everything that a user should know about a valid configuration; `steps`: those that are loaded. */
export function warningsOn(loaded: LoadedConfig, steps: readonly Step[]): readonly Problem[] {
  const text = loaded.file === undefined ? '' : readText(loaded.file)
  return [
    ...loaded.warnings,
    ...allDisabled(loaded),
    ...misspelledEndpoints(loaded),
    ...unreadVariables(loaded, steps, text),
    ...keylessProviders(loaded),
    ...unpricedProviders(loaded),
    ...unreachableTimeouts(loaded),
  ]
}

/** A configuration whose providers are all switched off is valid, as for a maintenance, but answers nothing. */
function allDisabled({ config, draft }: LoadedConfig): Problem[] {
  const { base_url: url, providers } = config
  if (url !== undefined || providers.length === 0 || providers.some(({ enabled }) => enabled)) return []
  const message = 'all are disabled, so every request that needs a model fails'
  return [draft.origins.problem(['providers'], message, 'remove `enabled: false` from one of them')]
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
