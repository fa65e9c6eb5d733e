import { HulumanageError } from '../contract/index.ts'
import type { RequestState } from '../contract/index.ts'
import { codeOf, faultKindOf, isConnectTimeout } from '../http/fault.ts'
import type { Provider } from '../providers/provider.ts'
import { AttemptFailure } from './failure.ts'
import type { AttemptOptions } from './options.ts'

/**
 * The failure for an error thrown before anything was sent: a request that a translation cannot express, or a fault of ours. It
 * says nothing about the provider, which a client could take out by a request that we fail to read.
 */
export function failureToSend(provider: string, cause: unknown): AttemptFailure {
  if (!(cause instanceof HulumanageError))
    return new AttemptFailure('upstream_error', 'could not be called', { provider, blame: 'unable', cause })
  const { code, message, param, shouldRetry, upstream } = cause
  return new AttemptFailure(code, message, { provider, blame: 'unable', param, shouldRetry, upstream, cause })
}

/** A call that the transport failed at. */
export interface FailedCall {
  readonly provider: Pick<Provider, 'name' | 'endpoint'>
  readonly client: AddressReader
}

/** A client that may read an address of a provider in an error. */
type AddressReader = Pick<RequestState, 'tenant'>

/** Whether a client may learn the addresses of providers: one with a key of this server need not know them. */
export function mayReadAddresses({ tenant }: AddressReader): boolean {
  return tenant === undefined
}

/** The call of an attempt. */
export function failedCallOf({ provider, call }: Pick<AttemptOptions, 'provider' | 'call'>): FailedCall {
  return { provider, client: call.request }
}

/** A fault of the transport as a failure of the attempt. `headSeen`: whether a status line had come. */
export function failureOfFault(
  { provider, client }: FailedCall,
  error: Error,
  headSeen: boolean,
): AttemptFailure {
  const options = { provider: provider.name, cause: error }
  const to = mayReadAddresses(client) ? ` to ${provider.endpoint.origin}` : ''
  switch (faultKindOf(error, headSeen)) {
    case 'local':
      return new AttemptFailure('overloaded', 'no socket left on this machine', {
        ...options,
        blame: 'nobody',
      })
    case 'tls':
      return new AttemptFailure(
        'upstream_tls',
        'its certificate is not trusted; ca_file names authorities to trust',
        {
          ...options,
          blame: 'unreachable',
        },
      )
    case 'connect':
      return isConnectTimeout(error)
        ? new AttemptFailure('upstream_timeout', `no connection${to} in time`, {
            ...options,
            blame: 'unreachable',
          })
        : new AttemptFailure('upstream_unreachable', `no connection${to} (${codeOf(error)})`, {
            ...options,
            blame: 'unreachable',
          })
    case 'cut':
      return new AttemptFailure('upstream_truncated', 'broke off its answer', {
        ...options,
        blame: 'failing',
      })
    case 'protocol':
      return new AttemptFailure('upstream_bad_response', 'sent what is not HTTP', {
        ...options,
        blame: 'failing',
      })
    case 'no_response':
      return new AttemptFailure('upstream_bad_response', 'closed the connection without an answer', {
        ...options,
        blame: 'failing',
      })
  }
}
