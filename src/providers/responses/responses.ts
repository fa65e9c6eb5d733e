import { withFields } from '../../chat/read/fields.ts'
import { toChatEvents } from './events-to-chat.ts'
import { fromChatRequest } from './from-chat.ts'
import { readAnswer, relayedAnswer } from './read-response.ts'
import { customToolsIn, withCustomCalls } from './relayed/custom-calls.ts'
import { withoutForeignReasoning, withoutSeals } from './sealed-reasoning.ts'
import { withStoredIds } from './stored-response.ts'
import { toChatCompletion } from './to-chat.ts'
import type { Translation } from '../translation.ts'

/** Calls through OpenAI's Responses API, for services that have no other and for features that only it has. */
export const responsesTranslation: Translation = {
  dialect: 'responses',
  request: fromChatRequest,
  callIds: 'responses',
  customTools: true,
  jsonMode: true,
  relayedBody: withoutForeignReasoning,
  withoutSeals,
  completion: toChatCompletion,
  events: toChatEvents,
  relayedAnswer: (answer, { model, usage }, asked) => {
    const read = relayedAnswer(readAnswer(answer, model), usage)
    const output = withCustomCalls(read['output'] as readonly unknown[], customToolsIn(asked))
    return withFields(read, { output })
  },
  relayed: withStoredIds,
}
