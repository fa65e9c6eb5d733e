import { fieldsOf, withFields } from '../read/fields.ts'
import type { ChatRequest } from '../../contract/index.ts'

/** The fields with settings that only Google's models know, such as `thinking_config` and `cached_content`. */
export const googleFields = ['google', 'extra_body'] as const

/**
 * The request with Google's own settings where its API has them: in a field `extra_body` of the body itself, which its
 * documentation makes clients nest in that of their SDK. Beside it, a field `google` is refused.
 */
export function withGoogleSettings(request: ChatRequest): ChatRequest {
  const { google } = request
  if (google === undefined) return request
  const extra = fieldsOf(request['extra_body'])
  const settings = { ...fieldsOf(google), ...fieldsOf(extra?.['google']) }
  return withFields(request, { google: undefined, extra_body: { ...extra, google: settings } }) as ChatRequest
}

/** The request without Google's own settings, for a service that is known not to read them. */
export function withoutGoogleSettings(request: ChatRequest): ChatRequest {
  return withFields(request, { google: undefined, extra_body: undefined }) as ChatRequest
}
