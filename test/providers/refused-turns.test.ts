import t from 'tap'
import { refusedToolType } from '../../src/providers/fields/refused-tools.ts'
import { messageOf } from '../fake-messages.ts'
import { error, fakeProvider, json } from '../fake-provider.ts'
import { responseOf } from '../fake-responses.ts'
import { serve } from '../clients/serve.ts'
import { refuses } from './refuses.ts'

const hi = { role: 'user', content: 'Hi' }
const chat = (fields: object) => ({ model: 'm', messages: [hi], ...fields })
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'ok' })
const f = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }

// https://github.com/nearai/ironclaw/issues/1241, https://github.com/musistudio/claude-code-router/issues/1070
t.test('ids of calls have the form that a model wants, whoever serves it', async t => {
  const message = 'Tool call id was turn1_0 but must be a-z, A-Z, 0-9, with a length of 9.'
  const raw = JSON.stringify({ object: 'error', message, type: 'invalid_function_call', code: '3280' })
  const turns = (id: string) => [hi, { role: 'assistant', content: 'a', tool_calls: [call(id)] }, result(id)]
  for (const refusal of [
    { object: 'error', message, type: 'invalid_function_call', param: null, code: '3280' },
    { error: { message: 'Provider returned error', code: 400, metadata: { raw, provider_name: 'Mistral' } } },
  ]) {
    const sent = chat({ messages: turns('turn1_0'), tools: [f] })
    await refuses(t, sent, [400, refusal], chat({ messages: turns('3b4b74d5b'), tools: [f] }))
  }
})

// https://github.com/editor-code-assistant/eca/issues/247
t.test('turns of the assistant in a row are one, if a model wants calls right behind the user', async t => {
  const message =
    'Please ensure that function call turn comes immediately after a user turn or after a function response turn.'
  const made = { role: 'assistant', content: null, tool_calls: [call('c1')] }
  const turns = [hi, { role: 'assistant', content: 'Let me look' }, made, result('c1')]
  const joined = [hi, { ...made, content: 'Let me look' }, result('c1')]
  const refusal = [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }]
  await refuses(
    t,
    chat({ messages: turns, tools: [f] }),
    [400, refusal],
    chat({ messages: joined, tools: [f] }),
  )
})

// https://github.com/vectorize-io/hindsight/pull/187, https://github.com/su-kaka/gcli2api/issues/200
t.test('results have the names of their tools once a service asks for them', async t => {
  const made = { role: 'assistant', content: null, tool_calls: [call('c1')] }
  const sent = chat({ messages: [hi, made, result('c1')], tools: [f] })
  const expected = chat({ messages: [hi, made, { ...result('c1'), name: 'f' }], tools: [f] })
  for (const message of [
    '* GenerateContentRequest.contents[2].parts[0].function_response.name: Name cannot be empty.',
    "Tool message must have a 'name' field.",
    'Tool name is required for Gemini requests',
  ])
    await refuses(t, sent, [400, { error: { message } }], expected)
})

// https://github.com/BerriAI/litellm/issues/3736
t.test('empty turns of the assistant are left out once a service refuses them', async t => {
  for (const message of [
    "messages[1]:content and tool_calls fields can't both be empty",
    'Assistant message must have either content or tool_calls, but not none.',
  ]) {
    const sent = chat({ messages: [hi, { role: 'assistant', content: '' }, hi] })
    await refuses(t, sent, [400, { error: { code: '1214', message } }], chat({ messages: [hi, hi] }))
  }
})

// https://github.com/continuedev/continue/issues/9767, https://github.com/anomalyco/opencode/issues/15715
t.test('blank texts are left out once a service refuses them', async t => {
  const blank = { type: 'text', text: '\n' }
  const said = { type: 'text', text: 'Hello' }
  const made = { role: 'assistant', tool_calls: [call('c1')] }
  const sent = [
    { role: 'user', content: [said, blank] },
    { role: 'assistant', content: [blank] },
    { ...made, content: ' ' },
    result('c1'),
    { role: 'user', content: ' ' },
  ]
  const left = [{ role: 'user', content: [said] }, { ...made, content: null }, result('c1'), sent[4]]
  for (const message of [
    'ValidationException: messages: text content blocks must be non-empty',
    'The text field in the ContentBlock object at messages.1.content.0 is blank. Add text to the text field, and try again.',
  ])
    await refuses(
      t,
      chat({ messages: sent, tools: [f] }),
      [400, { error: { message } }],
      chat({ messages: left, tools: [f] }),
    )
})

// https://github.com/HolmesGPT/holmesgpt/pull/1943
t.test('fields of answers that clients of LiteLLM send back are left out', async t => {
  const message = 'messages.1.provider_specific_fields: Extra inputs are not permitted'
  const said = { role: 'assistant', content: 'Hello' }
  const sent = chat({ messages: [hi, { ...said, provider_specific_fields: { refusal: null } }, hi] })
  await refuses(t, sent, [400, { error: { message } }], chat({ messages: [hi, said, hi] }))
})

// https://github.com/musistudio/claude-code-router/pull/1204
t.test('how to reason is left out for a model that does not reason', async t => {
  const message = "property 'reasoning' is unsupported"
  await refuses(t, chat({ reasoning: { effort: 'high' } }), [400, { error: { message } }], chat({}))
})

// https://github.com/farion1231/cc-switch/issues/1831
t.test('sealed thoughts are left out at a service that does not know them', async t => {
  const text = { type: 'text', text: 'Hello' }
  const body = (content: readonly object[]) => ({
    model: 'm',
    max_tokens: 9,
    messages: [hi, { role: 'assistant', content }, hi],
  })
  const refusal = {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'Unsupported content type: redacted_thinking' },
  }
  const sealed = { type: 'redacted_thinking', data: 'abc' }
  await refuses(t, body([sealed, text]), [400, refusal], body([text]), {
    path: '/v1/messages',
    entry: { type: 'anthropic' },
    fine: json(messageOf([text])),
  })
})

// https://github.com/SaladDay/cc-switch-cli/issues/468
t.test('a tool of a type that a service does not know is left out', async t => {
  const known = [
    { name: 'f', input_schema: { type: 'object', properties: {} } },
    { type: 'web_search_20250305', name: 'web_search' },
  ]
  const body = (tools: readonly object[]) => ({ model: 'm', max_tokens: 9, messages: [hi], tools })
  const message =
    'Failed to deserialize the JSON body into the target type: tools[2]: unknown variant `advisor_20260301`, expected `web_search_20250305` or `web_search_20260209` at line 1 column 143873'
  const sent = body([...known, { type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-4-8' }])
  await refuses(t, sent, [400, { error: { message, type: 'invalid_request_error' } }], body(known), {
    path: '/v1/messages',
    entry: { type: 'anthropic' },
    fine: json(messageOf([{ type: 'text', text: 'fine' }])),
  })
})

// https://github.com/openai/codex/issues/10635, https://github.com/unslothai/unsloth/issues/5141
t.test('a Responses service that knows functions alone is offered those', async t => {
  const tool = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }
  const body = (tools: readonly object[]) => ({ model: 'm', input: 'Hi', tools })
  const refusal = {
    error: { code: 400, message: "'type' of tool must be 'function'", type: 'invalid_request_error' },
  }
  await refuses(t, body([tool, { type: 'web_search' }]), [400, refusal], body([tool]), {
    path: '/v1/responses',
    entry: { api: 'responses' },
    fine: json(responseOf([])),
  })
})

t.test('a tool that the request forces is not left out, nor is one that an error does not name', async t => {
  const search = { type: 'web_search' }
  const about = (message: string) => error(400, { error: { message, type: 'invalid_request_error' } })
  for (const [action, choice] of [
    [about("'type' of tool must be 'function'"), { tool_choice: search }],
    [about("tools[0].parameters.type must be 'object'"), {}],
    [about('unknown variant `low`, expected `high`'), {}],
  ] as const) {
    const provider = await fakeProvider(t, action)
    const providers = [{ name: 'p', base_url: provider.url, api_key: 'k', api: 'responses' }]
    const url = await serve(t, JSON.stringify({ providers, routing: { health_check: { enabled: false } } }))
    const { status } = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', input: 'Hi', tools: [search], ...choice }),
    })
    t.same([status, provider.requests.length], [400, 1])
  }
})

t.test('a complaint about the schema of a function says nothing about types of tools', t => {
  const body = { tools: [{ type: 'web_search' }, { type: 'function', function: { name: 'f' } }] }
  for (const message of [
    'tools must be function calls with valid schema',
    'tools should be function definitions; function f: no parameters',
  ])
    t.equal(
      refusedToolType(message, () => body),
      undefined,
    )
  t.equal(
    refusedToolType("'type' of tool must be 'function'", () => body),
    'tools of type web_search',
  )
  t.end()
})

// As OpenAI's Agents SDK 0.20 sends it.
t.test('fields of an answer are left out of its texts once a service refuses them there', async t => {
  const calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }]
  const text = { type: 'text', text: 'Let me look.' }
  const turns = (part: object) => ({
    model: 'm',
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: [part], tool_calls: calls },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'sunny' }] },
    ],
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
  })
  const sent = turns({
    ...text,
    role: 'assistant',
    reasoning_content: 'Hm.',
    tool_calls: calls,
    refusal: null,
  })
  for (const [status, body] of [
    [
      400,
      { error: { message: "Unknown parameter: 'messages[1].content[0].role'.", code: 'unknown_parameter' } },
    ],
    [
      422,
      {
        detail: [
          { loc: ['body', 'messages', 1, 'content', 0, 'refusal'], msg: 'Extra inputs are not permitted' },
        ],
      },
    ],
  ] as const)
    await refuses(t, sent, [status, body], turns(text))
})
