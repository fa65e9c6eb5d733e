import t from 'tap'
import { serve } from '../clients/serve.ts'
import { error, fakeProvider, json } from '../fake-provider.ts'
import { messageOf } from '../fake-messages.ts'
import { responseOf } from '../fake-responses.ts'
import { refuses } from './refuses.ts'
import type { Json } from './refuses.ts'

const hi = { role: 'user', content: 'Hi' }
const f = { name: 'f', parameters: { type: 'object', properties: {} } }

function chat(fields: Json): Json {
  return { model: 'm', messages: [hi], ...fields }
}

t.test('thoughts of earlier turns are left out once a service refuses them', async t => {
  const words = [
    // https://github.com/Alishahryar1/free-claude-code/issues/1136
    "messages.1.assistant.reasoning_content: property 'messages.1.assistant.reasoning_content' is unsupported",
    "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
    "Extra inputs are not permitted, field: 'messages[1].reasoning_content', value: 'Hm'",
  ]
  const said = { role: 'assistant', content: 'Hello' }
  for (const message of words) {
    const sent = chat({ messages: [hi, { ...said, reasoning_content: 'Hm' }, hi] })
    await refuses(t, sent, [400, { error: { message } }], chat({ messages: [hi, said, hi] }))
  }
})

t.test('system messages are put where a template wants them once it refuses them elsewhere', async t => {
  const system = (content: string) => ({ role: 'system', content })
  const sent = chat({
    messages: [system('A'), system('B'), hi, { role: 'assistant', content: 'Yes?' }, hi, system('C')],
  })
  const last = { role: 'user', content: 'Hi\n\n<system-reminder>\nC\n</system-reminder>' }
  const expected = chat({ messages: [system('A\n\nB'), hi, { role: 'assistant', content: 'Yes?' }, last] })
  const template =
    'While executing CallExpression at line 85\nError: Jinja Exception: System message must be at the beginning.'
  const refusals: readonly (readonly [number, string])[] = [
    // https://github.com/ggml-org/llama.cpp/issues/20733, https://github.com/ollama/ollama/issues/18241
    [400, template],
    [500, template],
    // https://github.com/BigPizzaV3/CodexPlusPlus/issues/267
    [400, 'invalid params, chat content has invalid message role: system (2013)'],
  ]
  for (const [status, message] of refusals) await refuses(t, sent, [status, { error: { message } }], expected)
})

// https://github.com/pydantic/pydantic-ai/issues/5206, https://github.com/docker/docker-agent/issues/63
t.test('a content that is null is an empty text once a service refuses it', async t => {
  const words = [
    'invalid message content type: <nil>',
    "Invalid value for 'content': expected a string, got null.",
  ]
  for (const message of words) {
    const history = (content: string | null) => chat({ messages: [hi, { role: 'assistant', content }, hi] })
    await refuses(t, history(null), [400, { error: { message } }], history(''))
  }
})

t.test('tools are not strict once a service refuses it', async t => {
  const words = [
    // https://github.com/RooCodeInc/Roo-Code/issues/10334
    "Tools with mixed values for 'strict' are not allowed. Please set all tools to 'strict: true' or 'strict: false'",
    // https://github.com/livekit/agents/pull/3134
    'Tools with strict=True are not supported by this model',
  ]
  const tools = (one: Json, other: Json) =>
    chat({ tools: [one, other].map(strict => ({ type: 'function', function: { ...f, ...strict } })) })
  for (const message of words)
    await refuses(
      t,
      tools({ strict: true }, { strict: false }),
      [422, { message, param: 'tools' }],
      tools({}, {}),
    )
})

t.test('values without effect are left out once a service does not know their fields', async t => {
  // https://github.com/miaoxworld/NativeTavern/issues/83
  const message = 'Model grok-4.6 does not support parameter presencePenalty.'
  await refuses(
    t,
    chat({ presence_penalty: 0, stop: ['x'] }),
    [400, { error: message }],
    chat({ stop: ['x'] }),
  )
})

// https://github.com/crmne/ruby_llm/issues/851
t.test('a field is found behind the words of a gateway', async t => {
  const message = 'The model returned the following errors: reasoning_effort: Extra inputs are not permitted'
  await refuses(t, chat({ reasoning_effort: 'low' }), [400, { message }], chat({}))
})

// https://github.com/Wei-Shaw/claude-relay-service/issues/667
t.test('examples of the input of a tool are left out once a service refuses them', async t => {
  const message = 'tools.0.custom.input_examples: Extra inputs are not permitted'
  const body = (tool: Json) => ({ model: 'm', max_tokens: 9, messages: [hi], tools: [tool] })
  const tool = { name: 'f', input_schema: { type: 'object' } }
  const refusal = { type: 'error', error: { type: 'invalid_request_error', message } }
  await refuses(t, body({ ...tool, input_examples: [{}] }), [400, refusal], body(tool), {
    path: '/v1/messages',
    entry: { type: 'anthropic' },
    fine: json(messageOf('fine')),
  })
})

t.test('what Codex tells OpenAI about its user is left out once another service refuses it', async t => {
  const words = [
    // https://github.com/lidge-jun/opencodex/issues/4853
    'Upstream request failed: [invalid_request_error] unknown parameter `access_programs`',
    // https://github.com/openai/codex/issues/46398
    'The access_programs parameter is not enabled for this organization.',
  ]
  const body = { model: 'm', input: 'Hi' }
  for (const message of words) {
    const sent = { ...body, access_programs: { cyber: 'standard' } }
    await refuses(t, sent, [400, { error: { message } }], body, {
      path: '/v1/responses',
      entry: { api: 'responses' },
      fine: json(responseOf('fine')),
    })
  }
})

t.test('a tool is forced without thinking once a service refuses both, and other calls think', async t => {
  const forced = { tools: [{ type: 'function', function: f }], tool_choice: 'required' }
  const refusals: readonly (readonly [string, Json])[] = [
    // https://github.com/mastra-ai/mastra/issues/7507
    ['Thinking may not be enabled when tool_choice forces tool use.', {}],
    // https://github.com/tickernelz/opencode-mem/issues/253
    ['Thinking mode does not support this tool_choice', { thinking: { type: 'disabled' } }],
    // https://github.com/deepseek-ai/awesome-deepseek-integration/issues/598
    ['deepseek-reasoner does not support this tool_choice', { thinking: { type: 'disabled' } }],
  ]
  for (const [message, instead] of refusals) {
    const sent = chat({ ...forced, reasoning_effort: 'high' })
    const free = chat({ tools: forced.tools, tool_choice: 'auto', reasoning_effort: 'high' })
    await refuses(t, sent, [400, { error: { message } }], chat({ ...forced, ...instead }), { then: free })
  }
})

// https://github.com/danny-avila/LibreChat/issues/14231
t.test(
  'a model that thinks by default answers with functions, and without thoughts, if it has to choose',
  async t => {
    const message =
      "Function tools with reasoning_effort are not supported for gpt-5.6-terra in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'."
    const tools = [{ type: 'function', function: f }]
    for (const effort of [{}, { reasoning_effort: 'high' }]) {
      const then = chat({ ...effort })
      const sent = chat({ tools, ...effort })
      await refuses(t, sent, [400, { error: { message } }], chat({ tools, reasoning_effort: 'none' }), {
        then,
      })
    }
  },
)

t.test('what shapes the answer stays, though a service refuses it', async t => {
  const refused: readonly (readonly [Json, string])[] = [
    [{ presence_penalty: 1 }, 'Model grok-4.6 does not support parameter presencePenalty.'],
    [{ temperature: 0 }, 'invalid temperature: only 1 is allowed for this model'],
  ]
  for (const [fields, message] of refused) {
    const provider = await fakeProvider(t, error(400, { error: { message } }))
    const own = { name: 'only', base_url: provider.url, api_key: 'k' }
    const url = await serve(
      t,
      JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
    )
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(chat(fields))
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
    t.equal(response.status, 400, await response.text())
    t.equal(provider.requests.length, 1)
  }
})
