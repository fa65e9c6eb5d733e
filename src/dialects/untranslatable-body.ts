import type { ChatRequest } from '../contract/index.ts'
import type { Source } from '../chat/provider-call.ts'
import { HulumanageError } from '../contract/index.ts'
import type { Body } from './check.ts'

/**
 * A body as a chat request. If it has no translation, the error is kept beside a placeholder: a service that speaks the
 * dialect may still take the body as it is.
 */
export function translateBody(
  body: Body,
  model: string,
  translate: () => ChatRequest,
): Pick<Source, 'request' | 'only'> {
  try {
    return { request: translate() }
  } catch (error) {
    if (!(error instanceof HulumanageError)) throw error
    const messages = Array.isArray(body['messages']) ? (body['messages'] as ChatRequest['messages']) : []
    return { request: { ...body, model, messages }, only: error }
  }
}
