import type { Provider } from '../../providers/provider.ts'
import { AttemptFailure } from '../failure.ts'
import type { AttemptOptions } from '../options.ts'

/** The failure of an error status with what the configuration has to do with it: a missing key, or a wrong address. */
export function clearFailure(options: AttemptOptions, failure: AttemptFailure): AttemptFailure {
  const { blame, code, upstreamStatus, upstream } = failure
  const isRefused = code === 'upstream_auth' && (blame === 'key' || blame === 'refused')
  if (isRefused && !options.provider.endpoint.hasKey) return withMessage(failure, keyless(options, failure))
  // Some services answer 404 for a model, most for a path.
  const isPath = blame === 'model' && upstreamStatus === 404 && upstream?.code !== 'model_not_found'
  return isPath ? withMessage(failure, pathless(options, failure)) : failure
}

function keyless({ provider }: AttemptOptions, { upstreamStatus }: AttemptFailure): string {
  const variable = `${serviceOf(provider).toUpperCase().replaceAll(/\W/g, '_')}_API_KEY`
  const advice = `set its api_key, or ${variable} or ${variable}S if it comes from the environment`
  return `was called without a key and refused (status ${upstreamStatus}); ${advice}`
}

function pathless({ provider, request, call }: AttemptOptions, { upstream }: AttemptFailure): string {
  const operation = call.request.operation === 'embeddings' ? 'embeddings' : 'chat'
  const address = provider.addressOf(operation, request.model)
  const said = upstream ? `: ${upstream.message}` : ''
  const isRoot = provider.endpoint.isRoot && provider.config.base_url !== undefined
  const advice = isRoot ? '; base_url has no path, and at most services it ends with /v1' : ''
  return `does not have the model or path (status 404)${said}; asked for ${address}${advice}`
}

/** The name of the service in the environment: endpoints of one service are numbered. */
function serviceOf({ name, kind, config }: Provider): string {
  return config.type ?? (name === 'default' ? kind.name : name.replace(/-\d+$/, ''))
}

function withMessage(failure: AttemptFailure, message: string): AttemptFailure {
  const { code, provider, blame, upstreamStatus, status, retryAfter, shouldRetry, upstream } = failure
  const options = { provider, blame, upstreamStatus, status, retryAfter, shouldRetry, upstream }
  return new AttemptFailure(code, message, options)
}
