import type { ChatRequest, ContentPart, Message } from '../contract/index.ts'
import type { Source } from '../chat/provider-call.ts'
import { fieldsOf, textOf } from '../chat/read/fields.ts'
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
    return { request: { ...body, model, messages: textsOf(body['messages']) }, only: error }
  }
}

/** The texts of the messages, by which the tokens of the prompt are estimated. Nobody has checked their blocks. */
function textsOf(messages: unknown): readonly Message[] {
  const all: readonly unknown[] = Array.isArray(messages) ? messages : []
  return all.map(message => {
    const { role, content } = fieldsOf(message) ?? {}
    return { role: textOf(role), content: typeof content === 'string' ? content : textParts(content) }
  })
}

function textParts(content: unknown): readonly ContentPart[] {
  const blocks: readonly unknown[] = Array.isArray(content) ? content : []
  return blocks.flatMap(block => {
    const text = fieldsOf(block)?.['text']
    return typeof text === 'string' ? { type: 'text', text } : []
  })
}
