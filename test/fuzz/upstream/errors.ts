import type { Answer } from '../exchange.ts'
import { mutateTree } from '../mutate/tree.ts'
import { jsonText } from '../mutate/values.ts'
import type { Random } from '../random.ts'

/** The key of the providers. No client may ever see it, though a provider may repeat it in an error. */
export const providerKey = 'canaryUpstream91c4e7'

const statuses = [
  400, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529, 200, 204, 302, 304, 418, 599,
]

const bodies: readonly unknown[] = [
  { error: { message: 'overloaded', type: 'server_error', param: null, code: null } },
  {
    error: {
      message: `Incorrect API key provided: ${providerKey}`,
      type: 'invalid_request_error',
      code: 'x',
    },
  },
  { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' },
  { detail: [{ loc: ['body', 'messages'], msg: 'Field required', type: 'missing' }] },
  { detail: 'model is not loaded' },
  { object: 'error', message: { detail: [{ msg: 'x' }] } },
  { errors: [{ message: 'x' }] },
  { error: { error: { message: 'x' } } },
  { error: 'a text' },
  { message: 'x', code: 400 },
  [{ error: { code: 400, message: 'API key not valid', status: 'INVALID_ARGUMENT' } }],
]

/** An answer with a status other than 200, or an error despite it. */
export function errorAnswer(random: Random): Answer {
  const status = random.pick(statuses)
  const value = random.pick(bodies)
  const text = random.weighted<() => string>([
    [4, () => jsonText(value)],
    [4, () => jsonText(mutateTree(random, value))],
    [1, () => '<html><body>Bad gateway</body></html>'],
    [1, () => ''],
  ])()
  const isEmpty = status === 204 || status === 304
  const retry = random.chance(0.2)
    ? `retry-after: ${random.pick(['1', '-1', '1e309', 'NaN', 'x', ''])}\r\n`
    : ''
  return {
    head: `HTTP/1.1 ${status} Status\r\ncontent-type: application/json\r\n${retry}`,
    pieces: isEmpty ? [] : [Buffer.from(text).toString('latin1')],
    packets: [],
    framing: isEmpty ? 'none' : 'length',
    end: 'keep',
  }
}
