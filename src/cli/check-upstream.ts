import { hasUpstream } from '../config/enabled.ts'
import type { LoadedConfig } from '../config/load/load.ts'
import { HulumanageError } from '../contract/index.ts'
import { shownPath } from './output/summary.ts'

/** Refuses to start a server that could not answer anything, a mistake that should show at once. */
export function checkUpstream({ config, file, sources, searched }: LoadedConfig): void {
  if (hasUpstream(config)) return
  // Steps of a plugin may answer by themselves, so a file with any content is enough.
  if (file !== undefined && Object.values(sources).includes('file')) return
  throw new HulumanageError(
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
