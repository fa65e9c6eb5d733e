import type { Provider } from '../../providers/provider.ts'
import { AttemptFailure } from '../failure.ts'
import type { AttemptOptions } from '../options.ts'
import { mayReadAddresses } from '../transport-failure.ts'

/** The failure of an error status with what the configuration has to do with it: a missing key, or a wrong address. */
export function clearFailure(options: AttemptOptions, failure: AttemptFailure): AttemptFailure {
  const { blame, code, upstreamStatus, upstream } = failure
  const isRefused = code === 'upstream_auth' && (blame === 'key' || blame === 'refused')
  if (isRefused && !options.provider.endpoint.hasKey) return withMessage(failure, keyless(options, failure))
  // Some services answer 404 for a model, most for a path.
  const isPath = blame === 'model' && upstreamStatus === 404 && upstream?.code !== 'model_not_found'
  if (!isPath) return failure
  // Clients get the words of the service, which never say where they come from.
  const place = placeOf(options)
  const said = upstream ? `: ${upstream.message}` : ''
  const body = upstream && { ...upstream, message: `${upstream.message}; ${place}` }
  return withMessage(failure, `does not have the model or path (status 404)${said}; ${place}`, body)
}

function keyless({ provider }: AttemptOptions, { upstreamStatus }: AttemptFailure): string {
  const variable = `${serviceOf(provider).toUpperCase().replaceAll(/\W/g, '_')}_API_KEY`
  const advice = `set its api_key, or ${variable} or ${variable}S if it comes from the environment`
  return `was called without a key and refused (status ${upstreamStatus}); ${advice}`
}

/**
 * The address that was asked, without its query and credentials, and the usual mistake in it. Clients with a key of this server
 * need not know its providers: they are told the path, and operators find the host in the report about providers.
 */
function placeOf({ provider, request, call }: AttemptOptions): string {
  const operation = call.request.operation === 'embeddings' ? 'embeddings' : 'chat'
  const whole = provider.addressOf(operation, request.model, call.request.source?.passed)
  const address = mayReadAddresses(call.request) ? whole : new URL(whole).pathname
  const isRoot = provider.endpoint.isRoot && provider.config.base_url !== undefined
  const advice = isRoot ? '; base_url has no path, and at most services it ends with /v1' : ''
  return `asked for ${address}${advice}`
}

/** The name of the service in the environment: endpoints of one service are numbered. */
function serviceOf({ name, kind, config }: Provider): string {
  return config.type ?? (name === 'default' ? kind.name : name.replace(/-\d+$/, ''))
}

function withMessage(failure: AttemptFailure, message: string, upstream = failure.upstream): AttemptFailure {
  const { code, provider, blame, upstreamStatus, status, param, retryAfter, shouldRetry, limits } = failure
  const options = {
    provider,
    blame,
    upstreamStatus,
    status,
    param,
    retryAfter,
    shouldRetry,
    limits,
    upstream,
  }
  return new AttemptFailure(code, message, options)
}
