import { completionOfResponse } from './to-chat.ts'
import { withStoredIds } from './stored-response.ts'
import { responsesBody } from './from-chat.ts'
import { responsesEvents } from './events-to-chat.ts'
import type { Translation } from '../translation.ts'

/** Calls through OpenAI's Responses API, for services that have no other and for what only it can do. */
export const responsesTranslation: Translation = {
  dialect: 'responses',
  request: responsesBody,
  completion: completionOfResponse,
  events: responsesEvents,
  relayed: withStoredIds,
}
