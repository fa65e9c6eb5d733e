import type { OpenedBody, PassedRequest } from '../chat/passed-request.ts'
import type { ProviderConfig } from '../config/schema.ts'
import type { Kind } from './kind.ts'
import type { Translation } from './translation.ts'

/** Whether a service has the API that a request to one of its other endpoints is written for. */
export function hasApi(translation: Translation | undefined, dialect: PassedRequest['dialect']): boolean {
  const own = translation?.dialect ?? 'chat'
  // A service that is called through Responses has the rest of OpenAI's API.
  return own === dialect || (own === 'responses' && dialect === 'chat')
}

interface Service {
  readonly kind: Kind
  readonly config: ProviderConfig
}

/** The path of a passed request below the base URL, with its query. */
export function passedPath(path: string, model: string, { kind, config }: Service): string {
  if (!kind.otherPath) return path
  const at = path.includes('?') ? path.indexOf('?') : path.length
  const own = kind.otherPath(path.slice(0, at), model, config)
  const query = path.slice(at + 1)
  if (query === '') return own
  return `${own}${own.includes('?') ? '&' : '?'}${query}`
}

/** The path of a request that is below a call of its dialect, such as `/messages/count_tokens`, at the path of the call. */
export function belowCall(path: string, callPath: string): string {
  const [own = '', query] = callPath.split('?', 2)
  return `${own}${path.replace(/^\/[a-z]+/, '')}${query === undefined ? '' : `?${query}`}`
}

/** The headers of a call, names and values in turn, with those that describe the body of a passed request. */
export function passedHeaders(
  headers: readonly string[],
  { contentType, accept }: PassedRequest,
  { content, length }: OpenedBody,
): string[] {
  const own: Record<string, string | undefined> = {
    accept,
    'content-type': content === null ? undefined : (contentType ?? 'application/octet-stream'),
    'content-length': content === null || length === undefined ? undefined : String(length),
  }
  const kept: string[] = []
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!
    if (!Object.hasOwn(own, name)) kept.push(name, headers[at + 1]!)
  }
  for (const [name, value] of Object.entries(own)) if (value !== undefined) kept.push(name, value)
  return kept
}
