import type { CurrentConfig } from '../config/current.ts'
import { providerSchema } from '../config/schema.ts'
import type { Config } from '../config/schema.ts'
import { HulumanageError } from '../contract/index.ts'
import type { Upstream } from '../contract/index.ts'
import type { PassedRequest } from '../chat/passed-request.ts'
import { providerCall } from '../chat/provider-call.ts'
import { kindOf } from '../providers/kinds.ts'
import type { Kinds } from '../providers/kinds.ts'
import { Provider } from '../providers/provider.ts'
import { attempt } from './attempt.ts'
import { ListedModels } from './models/listed-models.ts'
import { timeoutsOf } from './options.ts'
import { detach } from '../time/background.ts'

/** The settings from which the default upstream is made. */
const settings = ['base_url', 'api_key', 'ca_file'] as const

/** The upstream of `base_url`, for chains that no wrapper leads elsewhere: one provider, one attempt. */
export interface DefaultUpstream {
  readonly upstream: Upstream
  /** The models that the service lists, for clients that ask which there are. */
  readonly models: () => Promise<readonly string[]>
  close: () => Promise<void>
}

export function createDefaultUpstream(currentConfig: CurrentConfig, kinds: Kinds): DefaultUpstream {
  let provider = providerOf(currentConfig.value, kinds)
  let listed = provider && new ListedModels(provider)
  const unsubscribe = currentConfig.subscribe((next, previous) => {
    const same = settings.every(name => next[name] === previous[name])
    if (same && next.timeouts.connect === previous.timeouts.connect) return
    if (provider) detach(provider.close(), 'closing the connections to base_url')
    provider = providerOf(next, kinds)
    listed = provider && new ListedModels(provider)
  })
  const upstream: Upstream = async (request, publicCall) => {
    if (!provider) throw noUpstream()
    const call = providerCall(publicCall)
    const { passed, provider: named = provider.name } = call.request.source ?? {}
    if (passed && !(provider.hasApi(passed.dialect) && named === provider.name)) throw notOffered(passed)
    const { config } = call.request
    return await attempt({
      provider,
      request,
      call,
      timeouts: timeoutsOf(config, provider, request),
      maxResponseBytes: config.limits.response_bytes,
      reason: 'default upstream',
    })
  }
  const models = async () => (await listed?.names()) ?? []
  const close = async () => {
    unsubscribe()
    await provider?.close()
  }
  return { upstream, models, close }
}

function providerOf(config: Config, kinds: Kinds): Provider | undefined {
  if (config.base_url === undefined) return undefined
  const { base_url, api_key, ca_file } = config
  const entry = providerSchema.parse({ name: 'default', base_url, api_key, ca_file })
  return new Provider(entry, kindOf(entry, kinds), config.timeouts.connect * 1000)
}

function notOffered({ method, path }: PassedRequest): HulumanageError {
  const message = `The service at base_url does not offer ${method} ${path.split('?', 1)[0]}`
  return new HulumanageError('unknown_url', message, { shouldRetry: false })
}

function noUpstream(): HulumanageError {
  return new HulumanageError(
    'no_upstream',
    'Nowhere to send the request: configure providers, or set --base-url or OPENAI_BASE_URL',
    { shouldRetry: false },
  )
}
