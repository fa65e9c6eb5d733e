import { modelOrDefault } from '../../chain/plan/default-model.ts'
import { withoutCarried } from '../../text/carried.ts'
import { readStoredId } from '../../text/stored-id.ts'
import { withEarlierItems } from '../conversation/earlier-turns.ts'
import { translateBody } from '../untranslatable-body.ts'
import { bodyObject, check } from '../check.ts'
import type { Dialect } from '../dialect.ts'
import { withCacheWishes } from '../../chat/notes/cache-wishes.ts'
import { extraFields, takeCacheField, takeOwnFields, withoutUnlimited } from '../own-fields.ts'
import { ResponseEncoder } from './from-chat.ts'
import { ResponseRest } from './rest/rest.ts'
import { SummaryEncoder } from './compaction/summary-encoder.ts'
import { isCompaction, toChat } from './to-chat.ts'
import { responsesBody } from './schema.ts'
import { clientTools } from './tools/client-tools.ts'
import { Tools } from './tools/tools.ts'

/** OpenAI's Responses API. Whoever calls has put what this server keeps itself in place of what the body names. */
export const responses: Dialect = {
  name: 'responses',
  read(body, { bytes, aliases, defaultModel, answer }) {
    const { rest: taken, own } = takeOwnFields(bodyObject(body), aliases)
    const { rest: sent, cache } = takeCacheField(taken)
    const rest = withEarlierItems(withoutUnlimited(sent), clientTools)
    const checked = check(responsesBody, rest)
    const model = modelOrDefault(checked.model, defaultModel)
    const tools = new Tools(checked)
    const compacts = isCompaction(checked)
    const extra = extraFields(body)
    const { request, only } = translateBody(rest, model, () =>
      withCacheWishes(toChat(checked, { model, tools, extra }), cache),
    )
    const earlier = readStoredId(rest['previous_response_id'])
    const relayed = withoutCarried(rest, bytes)
    const untouched = relayed === body && checked.model === model && !earlier
    const source = {
      dialect: 'responses',
      bytes: untouched ? bytes : undefined,
      body: earlier ? { ...relayed, previous_response_id: earlier.id } : relayed,
      request,
      only,
      provider: earlier?.provider,
      // A compaction has one item, which another service can only write from its beginning.
      rest: compacts ? undefined : () => new ResponseRest(new ResponseEncoder(checked, { model, tools })),
    }
    const response = new ResponseEncoder(checked, { model, tools, answer })
    const encoder = compacts ? new SummaryEncoder(response) : response
    return {
      requests: [{ request, source, own }],
      stream: checked.stream === true,
      includeUsage: true,
      encoder,
      onAnswer:
        checked.store === false || answer?.kept === false
          ? undefined
          : listener => void (encoder.onAnswer = listener),
    }
  },
}
