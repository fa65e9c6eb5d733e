import { modelOrDefault } from '../../chain/plan/default-model.ts'
import { withoutCarried } from '../../text/carried.ts'
import { withEarlierTurns } from '../conversation/earlier-turns.ts'
import { translateBody } from '../untranslatable-body.ts'
import { bodyObject, check } from '../check.ts'
import type { Dialect, ReadOptions } from '../dialect.ts'
import { MessageEncoder } from './from-chat.ts'
import { MessageRest } from './rest.ts'
import { toChat } from './to-chat.ts'
import { countBody, messagesBody } from './schema.ts'
import { offeredTools } from './tool-changes.ts'
import { turnsToChat } from './turns-to-chat.ts'
import { withCacheWishes } from '../../chat/notes/cache-wishes.ts'
import { extraFields, takeCacheField, takeOwnFields } from '../own-fields.ts'
import { estimatePromptTokens } from '../prompt-tokens.ts'

/** Anthropic's Messages API. Its answer holds only the first choice. */
export const messages: Dialect = {
  name: 'messages',
  read(body, { bytes, aliases, defaultModel }) {
    const { rest: taken, own } = takeOwnFields(bodyObject(body), aliases)
    const { rest: sent, cache } = takeCacheField(taken)
    const rest = withEarlierTurns(sent)
    const checked = check(messagesBody, rest)
    const model = modelOrDefault(checked.model, defaultModel)
    const { request, only } = translateBody(rest, model, () =>
      withCacheWishes(toChat(checked, model, extraFields(body)), cache),
    )
    const relayed = withoutCarried(rest, bytes)
    const untouched = relayed === body && checked.model === model
    const source = {
      dialect: 'messages',
      bytes: untouched ? bytes : undefined,
      body: relayed,
      request,
      only,
      rest: () => new MessageRest(new MessageEncoder(0)),
    }
    return {
      requests: [{ request, source, own }],
      stream: checked.stream === true,
      includeUsage: true,
      encoder: new MessageEncoder(estimatePromptTokens(request)),
    }
  },
}

/** Counts the tokens of a conversation: an estimate from its length, since each model has its own tokenizer. */
export function countTokens(
  body: unknown,
  { aliases, defaultModel }: Pick<ReadOptions, 'aliases' | 'defaultModel'>,
): { readonly input_tokens: number } {
  const { rest } = takeOwnFields(bodyObject(body), aliases)
  const checked = check(countBody, withEarlierTurns(rest))
  const model = modelOrDefault(checked.model, defaultModel)
  const messages = turnsToChat(checked, true)
  return {
    input_tokens: estimatePromptTokens({ model, messages, tools: offeredTools(checked) ?? undefined }),
  }
}
