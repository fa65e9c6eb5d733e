import { completionOfResponse } from './responses-completion.ts'
import { withStoredIds } from './responses-id.ts'
import { responsesBody } from './responses-request.ts'
import { responsesEvents } from './responses-stream.ts'
import type { Translation } from './translation.ts'

/** Calls through OpenAI's Responses API, for services that have no other and for what only it can do. */
export const responsesTranslation: Translation = {
  dialect: 'responses',
  request: responsesBody,
  completion: completionOfResponse,
  events: responsesEvents,
  relayed: withStoredIds,
}
