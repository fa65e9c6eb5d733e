import { toChatEvents } from './events-to-chat.ts'
import { fromChatRequest } from './from-chat.ts'
import { readAnswer, relayedAnswer } from './read-response.ts'
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
  relayedAnswer: (answer, { model, usage }) => relayedAnswer(readAnswer(answer, model), usage),
  relayed: withStoredIds,
}
