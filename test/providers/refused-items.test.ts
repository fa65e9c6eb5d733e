import t from 'tap'
import { hintNamedIn } from '../../src/providers/fields/refused-hints.ts'
import { json } from '../fake-provider.ts'
import { responseOf } from '../fake-responses.ts'
import { refuses } from './refuses.ts'
import type { Json } from './refuses.ts'

/** A turn of Codex for its built-in provider, whose address alone has changed (`openai_base_url`), shortened. */
const notes = { turn_id: '01a22b01-2cc0-7493-9ec7-636490951d07', content_item_kinds: ['user.text'] }
const field = 'internal_chat_message_metadata_passthrough'
const items: readonly Json[] = [
  { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Read it' }], [field]: notes },
  {
    type: 'message',
    status: 'completed',
    id: 'msg_1',
    role: 'assistant',
    phase: 'commentary',
    content: [{ type: 'output_text', text: 'I will.', annotations: [] }],
    [field]: notes,
  },
  {
    type: 'function_call',
    status: 'completed',
    id: 'fc_1',
    name: 'exec_command',
    arguments: '{"cmd":"cat status"}',
    call_id: 'call_1',
    [field]: notes,
  },
  { type: 'function_call_output', call_id: 'call_1', output: 'status', [field]: notes },
]
const sent = {
  model: 'm',
  input: items,
  tools: [{ type: 'function', name: 'exec_command', strict: false, parameters: { type: 'object' } }],
  store: false,
}

/** The words of services, the `param` of their errors, and the field that is left out. */
const refusals: readonly (readonly [string, string | null, string])[] = [
  // https://github.com/caozhiyuan/copilot-api/issues/308
  [`Unknown parameter: 'input[0].${field}'.`, `input[0].${field}`, field],
  // https://github.com/Wei-Shaw/sub2api/issues/7066
  [
    `[trace_id: ceb9e21a] Unknown parameter: 'input[0].${field}.content_item_kinds'.`,
    `input[0].${field}.content_item_kinds`,
    field,
  ],
  // https://github.com/openclaw/openclaw/issues/100657
  ["Unknown parameter: 'input[1].status'", null, 'status'],
]

for (const [message, param, left] of refusals)
  t.test(`facts about items are left out once a service refuses them: ${message}`, async t => {
    const input = items.map(({ [left]: _fact, ...item }) => item)
    await refuses(
      t,
      sent,
      [400, { error: { message, type: 'invalid_request_error', param, code: 'unknown_parameter' } }],
      { ...sent, input },
      {
        path: '/v1/responses',
        entry: { api: 'responses' },
        fine: json({ ...responseOf('fine'), previous_response_id: null }),
      },
    )
  })

t.test('the contents of an item are never left out', t => {
  for (const name of ['content', 'arguments', 'output', 'call_id', 'encrypted_content'])
    t.equal(
      hintNamedIn(`Unknown parameter: 'input[0].${name}'.`, true, () => sent),
      undefined,
      name,
    )
  t.end()
})
