import type * as undici from 'undici'
import type { HttpProxy } from './environment-proxy.ts'
import { TunnelError } from './tunnel-error.ts'

/** Sends calls to an origin without TLS through a proxy, to which the pool connects: it gets the whole address. */
export function forward(pool: undici.Dispatcher, { url, authorization }: HttpProxy): undici.Dispatcher {
  const own = authorization === undefined ? [] : ['proxy-authorization', authorization]
  return pool.compose(dispatch => (options, handler) => {
    const { origin = '', path, headers } = options
    const listed = Array.isArray(headers)
      ? headers
      : Object.entries(headers ?? {})
          .flat()
          .map(String)
    const call = {
      ...options,
      origin: url.origin,
      path: `${String(origin)}${path}`,
      headers: [...listed, 'host', new URL(origin).host, ...own],
    }
    return dispatch(call, failingWithout(handler, url.host))
  })
}

/** A handler for which a proxy that asks for credentials is a connection that failed, not an answer of the provider. */
function failingWithout(
  handler: undici.Dispatcher.DispatchHandler,
  proxy: string,
): undici.Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (controller, status, ...rest) => {
      if (status === 407) controller.abort(new TunnelError(`The proxy ${proxy} answered with status 407`))
      else handler.onResponseStart?.(controller, status, ...rest)
    },
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  }
}
