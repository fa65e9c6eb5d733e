import { asChat } from '../untranslatable-body.ts'
import { bodyObject, checkBody, checkPart, modelOf } from '../check.ts'
import type { Dialect, ReadOptions } from '../dialect.ts'
import { MessageEncoder } from './from-chat.ts'
import { chatOf, toolFields } from './to-chat.ts'
import { countBody, messagesBody } from './schema.ts'
import { messagesOf } from './turns-to-chat.ts'
import { takeOwnFields } from '../own-fields.ts'
import { promptTokens } from '../prompt-tokens.ts'

/** Anthropic's Messages API. Only the first choice of an answer has a place in it. */
export const messages: Dialect = {
  name: 'messages',
  read(body, { bytes, aliases, limits, model }) {
    const { rest, own } = takeOwnFields(bodyObject(body), aliases)
    const checked = checkBody(messagesBody, rest, limits)
    const named = modelOf(checked.model, model)
    const untouched = rest === body && checked.model === named
    const asked = asChat(rest, named, () => chatOf(checked, named))
    return {
      asked: [{ ...own, ...asked, body: rest, dialect: 'messages', bytes: untouched ? bytes : undefined }],
      stream: checked.stream === true,
      includeUsage: true,
      encoder: new MessageEncoder(promptTokens(asked.request)),
    }
  },
}

/** What a conversation counts before it is asked: an estimate from its length, since each model has a tokenizer of its own. */
export function countTokens(
  body: unknown,
  { aliases, model }: Pick<ReadOptions, 'aliases' | 'model'>,
): { readonly input_tokens: number } {
  const { rest } = takeOwnFields(bodyObject(body), aliases)
  const checked = checkPart(countBody, rest, '')
  const named = modelOf(checked.model, model)
  const tools = toolFields(checked.tools, checked.tool_choice)
  return { input_tokens: promptTokens({ model: named, messages: messagesOf(checked), ...tools }) }
}
