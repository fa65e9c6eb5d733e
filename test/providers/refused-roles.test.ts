import t from 'tap'
import { json } from '../fake-provider.ts'
import { messageOf } from '../fake-messages.ts'
import { refuses } from './refuses.ts'
import type { Json } from './refuses.ts'

const hi = { role: 'user', content: 'Hi' }
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
const result = { role: 'tool', tool_call_id: 'c1', content: 'x' }
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]

function chat(messages: readonly Json[], fields: Json = {}): Json {
  return { model: 'm', messages, ...fields }
}

t.test(
  'system messages are parts of what the user says at a Messages service that knows no others',
  async t => {
    const rule = { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }
    const reminder = { type: 'text', text: '<system-reminder>\nBe brief.\n</system-reminder>' }
    const use = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] }
    const results = [{ type: 'tool_result', tool_use_id: 't1', content: 'x' }]
    const messages = (list: readonly Json[]) => chat(list, { max_tokens: 9 })
    const told = { role: 'user', content: `Hi\n\n${reminder.text}` }
    const sent = messages([rule, hi, use, { role: 'user', content: results }, rule])
    const expected = messages([
      { role: 'user', content: `${reminder.text}\n\nHi` },
      use,
      { role: 'user', content: [...results, reminder] },
    ])
    const between = messages([hi, use, rule, { role: 'user', content: results }])
    const world = { path: '/v1/messages', entry: { type: 'anthropic' }, fine: json(messageOf('Hi')) }
    const words = [
      // https://github.com/ollama/ollama/issues/16372
      "unknown variant 'system', expected 'user' or 'assistant'",
      // https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1399
      "request.messages.1.role: Invalid discriminator value. Expected 'user' | 'assistant'",
      // https://github.com/anthropics/claude-code/issues/63473
      "messages[1].role must be either 'user' or 'assistant', but got 'system'",
      // https://github.com/anthropics/claude-code/issues/63677
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    ]
    const refusals: readonly (readonly [number, object])[] = [
      ...words.map(
        message => [400, { type: 'error', error: { type: 'invalid_request_error', message } }] as const,
      ),
      // https://github.com/vllm-project/vllm/issues/44000
      [
        400,
        {
          error: {
            message:
              "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'messages', 1, 'role'), 'msg': \"Input should be 'user' or 'assistant'\", 'input': 'system'}",
            type: 'Bad Request',
            param: null,
            code: 400,
          },
        },
      ],
      // https://github.com/jwadow/kiro-gateway/pull/197
      [
        422,
        { detail: [{ loc: ['body', 'messages', 1, 'role'], msg: "Input should be 'user' or 'assistant'" }] },
      ],
    ]
    for (const refusal of refusals) {
      await refuses(t, messages([hi, rule]), refusal, messages([told]), world)
      await refuses(t, sent, refusal, expected, world)
      const behind = messages([hi, use, { role: 'user', content: [...results, reminder] }])
      await refuses(t, between, refusal, behind, world)
    }
  },
)

t.test(
  'efforts are left out at a Messages service that knows none, or none within a conversation',
  async t => {
    const world = { path: '/v1/messages', entry: { type: 'anthropic' }, fine: json(messageOf('Hi')) }
    const refusal = (place: string) =>
      [400, { type: 'error', error: { message: `${place}: Extra inputs are not permitted` } }] as const
    const asked = (fields: Json, ...messages: readonly Json[]) =>
      chat([hi, ...messages], { max_tokens: 9, ...fields })
    // https://github.com/mirrorange/clove/issues/40
    const effort = { output_config: { effort: 'low' } }
    await refuses(t, asked(effort), refusal('output_config'), asked({}), world)
    // https://github.com/NomaDamas/CozyClay/issues/403
    const turn = { role: 'system', content: [], ...effort }
    const rule = { role: 'system', content: 'Be brief.' }
    const told = asked(effort, turn, { ...rule, ...effort })
    await refuses(t, told, refusal('messages.1.output_config'), asked(effort, rule), world)
  },
)

t.test('the role of a developer is that of the system once a service refuses it', async t => {
  const asked = (role: string) => chat([{ role, content: 'Be brief.' }, hi])
  const refusals: readonly (readonly [number, object])[] = [
    // https://github.com/decolua/9router/issues/773
    'Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool`',
    // https://github.com/can1357/oh-my-pi/issues/843
    "developer is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[0].role'",
    // https://github.com/QuantumNous/new-api/issues/5330
    "invalid parameter 'messages[0].role': invalid role 'developer', must be one of: system, user, assistant, tool",
    // https://github.com/lobehub/lobehub/issues/5704
    "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
    // https://github.com/vastsa/PI-Desktop/issues/30
    'Error from provider (Console Go): Upstream request failed: [1214] Incorrect role information',
    // https://github.com/peonist-ai/halogen-flash-server/issues/32
    'chat template rejected the request: Unexpected message role.',
  ].map(message => [400, { error: { message } }] as const)
  const msg = "Input should be 'system', 'user', 'assistant', 'function' or 'tool'"
  // https://github.com/earendil-works/pi/issues/6238
  const listed = [422, { detail: [{ type: 'enum', loc: ['body', 'messages', 0, 'role'], msg }] }] as const
  for (const refusal of [...refusals, listed]) await refuses(t, asked('developer'), refusal, asked('system'))
})

t.test('turns without thoughts get a placeholder once a model demands them', async t => {
  const words = [
    // https://github.com/danny-avila/LibreChat/issues/13366
    'The `reasoning_content` in the thinking mode must be passed back to the API.',
    // https://github.com/QuantumNous/new-api/issues/4795
    'thinking is enabled but reasoning_content is missing in assistant tool call message at index 1',
  ]
  const asked = (added: Json) =>
    chat(
      [
        hi,
        { role: 'assistant', content: null, tool_calls: [call], ...added },
        result,
        { role: 'assistant', content: 'Yes', reasoning_content: 'Hm' },
        hi,
      ],
      { tools },
    )
  for (const message of words)
    await refuses(t, asked({}), [400, { error: { message } }], asked({ reasoning_content: ' ' }))
})

t.test('a content that is null or missing is an empty text once FastAPI refuses it', async t => {
  const asked = (added: Json) =>
    chat([hi, { role: 'assistant', tool_calls: [call], ...added }, result], { tools })
  const refused = (place: readonly unknown[], msg: string) =>
    [422, { detail: [{ loc: ['body', 'messages', 1, ...place], msg }] }] as const
  // https://github.com/mistralai/mistral-common/issues/324
  const invalid = refused(['content', 'str'], 'Input should be a valid string')
  await refuses(t, asked({ content: null }), invalid, asked({ content: '' }))
  // https://github.com/jekalmin/extended_openai_conversation/pull/456
  await refuses(t, asked({}), refused(['content'], 'Field required'), asked({ content: '' }))
})
