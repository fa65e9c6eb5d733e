import type { Asked } from '../chain/request.ts'
import type { ChatRequest } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import type { Body } from './check.ts'

/**
 * A body as a chat request. Where it cannot be said as one, the error comes along: a service that speaks the dialect
 * may take the body as it is, and the request only stands for it.
 */
export function asChat(
  body: Body,
  model: string,
  translate: () => ChatRequest,
): Pick<Asked, 'request' | 'only'> {
  try {
    return { request: translate() }
  } catch (error) {
    if (!(error instanceof HulumanageError)) throw error
    const messages = Array.isArray(body['messages']) ? (body['messages'] as ChatRequest['messages']) : []
    return { request: { ...body, model, messages }, only: error }
  }
}
