import { readStoredId } from '../../text/stored-id.ts'
import { asChat } from '../untranslatable-body.ts'
import { bodyObject, checkBody, modelOf } from '../check.ts'
import type { Dialect } from '../dialect.ts'
import { takeOwnFields } from '../own-fields.ts'
import { ResponseEncoder } from './from-chat.ts'
import { chatOf } from './to-chat.ts'
import { responsesBody } from './schema.ts'

/** OpenAI's Responses, without what needs answers to be kept: each request brings its whole conversation. */
export const responses: Dialect = {
  name: 'responses',
  read(body, { bytes, aliases, limits, model }) {
    const { rest, own } = takeOwnFields(bodyObject(body), aliases)
    const checked = checkBody(responsesBody, rest, limits)
    const named = modelOf(checked.model, model)
    const earlier = readStoredId(rest['previous_response_id'])
    const untouched = rest === body && checked.model === named && !earlier
    return {
      asked: [
        {
          ...own,
          ...asChat(rest, named, () => chatOf(checked, named)),
          body: earlier ? { ...rest, previous_response_id: earlier.id } : rest,
          provider: earlier?.provider,
          dialect: 'responses',
          bytes: untouched ? bytes : undefined,
        },
      ],
      stream: checked.stream === true,
      includeUsage: true,
      encoder: new ResponseEncoder(checked, named),
    }
  },
}
