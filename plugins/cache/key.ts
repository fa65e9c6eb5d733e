import { enabledProviders } from '../../src/config/enabled.ts'
import type { Config } from '../../src/config/schema.ts'
import type { ChatRequest, RequestState } from '../../src/contract/index.ts'
import { canonical, digest } from './canonical.ts'

/** Changes with the meaning of a key or of what is stored under it. */
const version = '1'

/** What an answer depends on, as one name: who asks, the chain with its params, the request, and where it goes. */
export function keyOf(request: ChatRequest, state: RequestState, config: Config): string {
  // How an answer is sent does not change it.
  const { stream: _stream, stream_options: _options, ...asked } = request
  return digest([
    version,
    state.tenant,
    state.clientKey,
    destination(config),
    state.chain,
    canonical(state.steps.map(step => [step.name, state.params(step)])),
    canonical(asked),
  ])
}

const destinations = new WeakMap<Config, string>()

/** What the configuration has to say about who answers; worked out once for each configuration. */
function destination(config: Config): string {
  const present = destinations.get(config)
  if (present !== undefined) return present
  const providers = enabledProviders(config).map(provider => {
    const { type, api, base_url, models, model_prefixes, model_map, headers, api_version, simulate } =
      provider
    return { type, api, base_url, models, model_prefixes, model_map, headers, api_version, simulate }
  })
  const text = canonical({ base_url: config.base_url, providers })
  destinations.set(config, text)
  return text
}
