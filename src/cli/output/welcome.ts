import { enabledProviders } from '../../config/enabled.ts'
import type { Config } from '../../config/schema.ts'
import { renderFacts } from './summary.ts'
import type { Facts } from './summary.ts'
import { version } from '../../server/version.ts'

/** The facts of a started server. */
export interface Welcome {
  readonly url: string
  /** The address for operators, if there is one. */
  readonly adminUrl: string | undefined
  readonly config: Config
  readonly facts: Facts
  readonly steps: readonly string[]
  /** The errors of plugin files that did not load. */
  readonly failed: readonly string[]
}

/** The text that a started server prints: its address, a summary of its configuration, and a call to try. */
export function welcome({ url, adminUrl, config, facts, steps, failed }: Welcome): string {
  const lines: Facts = [
    ['dashboard', `${adminUrl ?? url}/dashboard`],
    ...facts,
    ...(adminUrl === undefined ? [] : [['for operators', adminUrl] as const]),
    ['steps', steps.join(', ')],
    ...failed.map(message => ['not loaded', message] as const),
  ]
  return `hulumanage ${version} is listening on ${url}\n\n${renderFacts(lines)}\nTry it:\n${curl(url, config)}`
}

function curl(url: string, config: Config): string {
  const model = config.model ?? enabledProviders(config).flatMap(modelsOf)[0] ?? 'gpt-4'
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  const key =
    config.api_keys.length + config.clients.length > 0
      ? ` \\\n    -H 'authorization: Bearer YOUR_CLIENT_KEY'`
      : ''
  return `  curl ${url}/v1/chat/completions \\\n    -H 'content-type: application/json'${key} \\\n    -d '${body}'\n`
}

function modelsOf({ models = [], model_map: mapped }: Config['providers'][number]): readonly string[] {
  return [...models, ...Object.keys(mapped)].filter(name => !name.endsWith('*'))
}
