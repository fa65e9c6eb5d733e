import { answer, error, fakeProvider, json } from '../fake-provider.ts'
import type { Action, FakeProvider, ReceivedRequest, Script } from '../fake-provider.ts'
import { eventStream, eventsOf as messageEvents, messageOf } from '../fake-messages.ts'
import { eventsOf as responseEvents, responseOf } from '../fake-responses.ts'
import { requestViolations } from './services.ts'
import { isUnknownField } from './shape.ts'
import type { Service } from './services.ts'

type Owner = Parameters<typeof fakeProvider>[0]

/** A provider that refuses what the service would refuse. */
export interface StrictProvider extends FakeProvider {
  /** The violations for which requests were refused, over all requests. */
  readonly refused: readonly string[]
}

/**
 * Starts a provider on a real port that checks each request as the service would. It answers an invalid one with a 400
 * in the service's own form of an error, and a valid one with the next action of the script; without a script, or after
 * its end, with a short answer in the dialect of the path. A refused request does not advance the script.
 */
export async function strictProvider(t: Owner, service: Service, script?: Script): Promise<StrictProvider> {
  const refused: string[] = []
  const next = typeof script === 'function' ? [] : [...(script ?? [])]
  const always = typeof script === 'function' ? script : usual
  const provider = await fakeProvider(t, ({ request }) => {
    const found = requestViolations(service, request)
    refused.push(...found)
    return found.length > 0 ? refusal(service, found) : (next.shift() ?? always)
  })
  return Object.assign(provider, { refused })
}

/** Answers an invalid request as the service would; performs the action for a valid one. */
export function strict(service: Service, action: Action = usual): Action {
  return ({ request }) => {
    const found = requestViolations(service, request)
    return found.length > 0 ? refusal(service, found) : action
  }
}

/** A short answer in the dialect of the path, whole or streamed, as requested. */
const usual: Action = ({ request }) => {
  const streamed = request.body['stream'] === true
  if (request.path.includes('/count_tokens')) return json({ input_tokens: 7 })
  if (request.path.includes('/messages'))
    return streamed ? eventStream(...messageEvents('ok')) : json(messageOf('ok'))
  if (!request.path.includes('/responses')) return answer()
  const response = { ...responseOf('ok'), previous_response_id: previousOf(request) }
  return streamed ? eventStream(...responseEvents(response)) : json(response)
}

function previousOf({ body }: ReceivedRequest): unknown {
  return body['previous_response_id'] ?? null
}

/** A refusal in the form that the service's clients expect. */
function refusal(service: Service, found: readonly string[]): Action {
  const message = found.join('; ')
  const type = 'invalid_request_error'
  switch (service) {
    case 'anthropic':
      return error(400, { type: 'error', error: { type, message }, request_id: 'req_strict' })
    case 'gemini':
      return json(
        [{ error: { code: 400, message: found.map(inGoogle).join('\n'), status: 'INVALID_ARGUMENT' } }],
        {
          status: 400,
        },
      )
    case 'mistral':
      return error(422, {
        object: 'error',
        message: { detail: found.map(detail) },
        type,
        param: null,
        code: null,
      })
    case 'qwen':
    case 'alternating':
      return error(400, { error: { message, type: 'BadRequestError', param: null, code: 400 } })
    default:
      return error(400, { error: { message, type, param: null, code: null } })
  }
}

function detail(found: string): object {
  const [place = '', ...rule] = found.split(': ')
  const loc = ['body', ...place.split('.')]
  return isUnknownField(found)
    ? { type: 'extra_forbidden', loc, msg: 'Extra inputs are not permitted' }
    : { type: 'value_error', loc, msg: rule.join(': ') }
}

/** https://github.com/leookun/cursor-byok/issues/112 */
function inGoogle(found: string): string {
  const [place = ''] = found.split(': ')
  return isUnknownField(found)
    ? `Invalid JSON payload received. Unknown name "${place}": Cannot find field.`
    : found
}
