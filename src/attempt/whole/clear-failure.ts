import type { Provider } from '../../providers/provider.ts'
import { AttemptFailure } from '../failure.ts'
import type { AttemptOptions } from '../options.ts'

/** The failure of an error status with what the configuration has to do with it: a missing key. */
export function clearFailure(options: AttemptOptions, failure: AttemptFailure): AttemptFailure {
  const { provider } = options
  const isRefused =
    failure.code === 'upstream_auth' && (failure.blame === 'key' || failure.blame === 'refused')
  if (!isRefused || provider.endpoint.hasKey) return failure
  const variable = `${serviceOf(provider).toUpperCase().replaceAll(/\W/g, '_')}_API_KEY`
  const advice = `set its api_key, or ${variable} or ${variable}S if it comes from the environment`
  return withMessage(
    failure,
    `was called without a key and refused (status ${failure.upstreamStatus}); ${advice}`,
  )
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
