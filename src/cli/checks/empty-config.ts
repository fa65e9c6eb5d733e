import { hasUpstream } from '../../config/enabled.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import { HulumanageError } from '../../contract/index.ts'
import { shownPath } from '../output/summary.ts'

/** Whether a server with this configuration could answer nothing, a mistake that should show at its start. */
export function isEmpty({ config, file, sources }: LoadedConfig): boolean {
  if (hasUpstream(config)) return false
  // Steps of a plugin may answer by themselves, so a file with any content is enough.
  return file === undefined || !Object.values(sources).includes('file')
}

/** The error for an empty configuration: everything that would fill it. */
export function emptyError({ searched }: LoadedConfig): HulumanageError {
  return new HulumanageError(
    'config_invalid',
    [
      'nothing is configured, so there is no model to call. Do one of the following:',
      '  - set OPENAI_API_KEY, and OPENAI_BASE_URL for a service other than OpenAI',
      '  - start with --base-url URL, for a server that requires no key',
      `  - write a configuration, such as ${shownPath(searched[0] ?? 'hulumanage.yaml')}, or name one with --config FILE`,
      '  - try it without any of these: `npm start` in a checkout runs a demo with simulated providers',
    ].join('\n'),
  )
}
