import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import { providerSchema } from '../../../src/config/schema.ts'
import type { ChatRequest, Message } from '../../../src/contract/index.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import { fromChatMessages } from '../../../src/providers/anthropic/messages-from-chat.ts'
import { fromChatRequest } from '../../../src/providers/anthropic/from-chat.ts'
import { weather } from '../../clients/conversation.ts'

const config = providerSchema.parse({ name: 'claude', type: 'anthropic' })
const dropping = { ...config, drop_unsupported: true }
const hello = [{ role: 'user', content: 'Hello' }]

function body(fields: Partial<ChatRequest>, provider = config): Record<string, unknown> {
  return fromChatRequest({ model: 'claude', messages: hello, ...fields }, provider)
}

function turns(...messages: Message[]): unknown {
  const { system, messages: turns } = body({ messages })
  return { ...(system ? { system } : {}), turns }
}

function refused(fields: Partial<ChatRequest>, provider = config): unknown {
  try {
    return body(fields, provider)
  } catch (error) {
    if (error instanceof HulumanageError) return [error.code, error.status, error.param]
    throw error
  }
}

const text = (words: string) => ({ type: 'text', text: words })

t.test('turns with more parts than a call takes arguments are joined', async t => {
  const many = Array.from({ length: 150_000 }, () => text('x'))
  const messages = [hello[0]!, { role: 'user', content: many }, { role: 'system', content: many }]
  const { turns: joined, system } = turns(...messages) as {
    turns: { content: unknown[] }[]
    system: unknown[]
  }
  t.equal(joined.length, 1)
  t.equal(joined[0]!.content.length, many.length + 1)
  t.equal(system.length, many.length)
})

t.test('the maximum length of a request without one has room to think and to answer', async t => {
  const { max_tokens: sonnet } = body({ model: 'claude-sonnet-4-5', reasoning_effort: 'high' })
  t.equal(sonnet, 32_000)
  t.equal(body({ model: 'claude-3-haiku-20240307' })['max_tokens'], 4096, 'the most that the model makes')
  t.equal(body({ model: 'anthropic/claude-3-5-haiku-20241022' })['max_tokens'], 8192)
  for (const [budget, most] of [
    [2000, 32_000],
    [40_000, 44_096],
  ]) {
    const thinking = { type: 'enabled', budget_tokens: budget }
    t.equal(body({ model: 'claude-sonnet-4-5', thinking })['max_tokens'], most)
  }
})

t.test('a plain request needs max_tokens, and gets it', async t => {
  t.same(body({}), {
    model: 'claude',
    max_tokens: 4096,
    messages: [{ role: 'user', content: [text('Hello')] }],
  })
  t.match(body({ max_tokens: 10 }), { max_tokens: 10 })
  t.match(body({ max_tokens: 10, max_completion_tokens: 20 }), { max_tokens: 20 })
})

t.test('fields get their names in Messages', async t => {
  t.match(body({ stop: 'END' }), { stop_sequences: ['END'] })
  t.match(body({ stop: ['a', 'b'] }), { stop_sequences: ['a', 'b'] })
  t.match(body({ user: 'u-1' }), { metadata: { user_id: 'u-1' } })
  t.match(body({ safety_identifier: 'u-2' }), { metadata: { user_id: 'u-2' } })
  t.match(body({ temperature: 1.7, top_p: 0.5, stream: true }), { temperature: 1, top_p: 0.5, stream: true })
  t.match(body({ temperature: 0 }), { temperature: 0 })
  t.match(body({ reasoning_effort: 'minimal' }), { output_config: { effort: 'low' } })
  t.notOk(body({ reasoning_effort: 'none' })['output_config'])
})

t.test('a schema for the answer is merged with the other output settings', async t => {
  const schema = { type: 'object', properties: {}, additionalProperties: false }
  t.same(
    body({
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
      reasoning_effort: 'high',
      output_config: { task_budget: 1 },
    })['output_config'],
    { task_budget: 1, effort: 'high', format: { type: 'json_schema', schema } },
  )
  t.same(body({ output_config: { effort: 'max' } })['output_config'], { effort: 'max' })
})

t.test("the service's own fields pass, and fields that ask for nothing are dropped", async t => {
  const own = { thinking: { type: 'adaptive' }, top_k: 5, container: 'c' }
  t.match(body(own), own)
  const nothing = {
    n: 3,
    logprobs: false,
    presence_penalty: 0,
    frequency_penalty: 0,
    logit_bias: {},
    store: false,
    metadata: {},
    modalities: ['text'],
    seed: null,
    tools: [],
    tool_choice: 'auto',
    functions: [],
    parallel_tool_calls: false,
    response_format: { type: 'text' },
    stream_options: {},
    user: '',
    prompt_cache_key: 'k',
    prediction: { type: 'content', content: 'x' },
    stop: null,
    audio: undefined,
  }
  t.same(body(nothing), body({}))
})

t.test(
  'fields without a counterpart in Messages are refused by name, and left out only if that is configured',
  async t => {
    const documented = {
      seed: 0,
      logprobs: true,
      top_logprobs: 2,
      presence_penalty: 1,
      frequency_penalty: -1,
      logit_bias: { 5: 1 },
      store: true,
      metadata: { a: 'b' },
      modalities: ['text', 'audio'],
      audio: { voice: 'x' },
      response_format: { type: 'grammar' },
    }
    for (const [field, value] of Object.entries(documented))
      t.same(refused({ [field]: value }), ['upstream_rejected', 400, field])
    t.same(body({ ...documented, stop: ['\n', 'END'] }, dropping), body({ stop: 'END' }))
    t.same(body({ verbosity: 'low' }), body({}), 'a hint refuses nothing')
    const never = { functions: [{ name: 'f' }], function_call: { name: 'f' }, web_search_options: {} }
    for (const [field, value] of Object.entries(never))
      t.same(refused({ [field]: value }, dropping), ['upstream_rejected', 400, field])
  },
)

t.test("tools are functions with a schema, or the service's own", async t => {
  const search = { type: 'web_search_20250305', name: 'web_search' }
  const own = { type: 'custom', name: 'x', input_schema: { type: 'object' } }
  const { name, description, parameters } = weather.function
  t.same(
    body({
      tools: [
        { ...weather, cache_control: { type: 'ephemeral' } },
        { type: 'function', function: { name: 'now', strict: true } },
        search,
        own,
      ],
    })['tools'],
    [
      { name, description, input_schema: parameters, cache_control: { type: 'ephemeral' } },
      { name: 'now', input_schema: { type: 'object', properties: {} }, strict: true },
      search,
      own,
    ],
  )
})

t.test('tool_choice is translated', async t => {
  const choice = (tool_choice: unknown, more = {}) =>
    body({ tools: [weather], tool_choice, ...more })['tool_choice']
  t.equal(choice(undefined), undefined)
  t.same(choice('auto'), { type: 'auto' })
  t.same(choice('none'), { type: 'none' })
  t.same(choice('required'), { type: 'any' })
  t.same(choice({ type: 'function', function: { name: 'weather' } }), { type: 'tool', name: 'weather' })
  const one = { parallel_tool_calls: false }
  t.same(choice(undefined, one), { type: 'auto', disable_parallel_tool_use: true })
  t.same(choice('required', one), { type: 'any', disable_parallel_tool_use: true })
  t.same(choice('none', one), { type: 'none' })
  const tool_choice = { type: 'allowed_tools' }
  t.same(refused({ tools: [weather], tool_choice }), ['upstream_rejected', 400, 'tool_choice'])
})

t.test('system and developer messages move to the front in their order', async t => {
  const cached = { ...text('rules'), cache_control: { type: 'ephemeral' } }
  t.same(
    turns(
      { role: 'system', content: 'one' },
      { role: 'user', content: 'a' },
      { role: 'developer', content: [text('two'), cached] },
    ),
    { system: [text('one'), text('two'), cached], turns: [{ role: 'user', content: [text('a')] }] },
  )
})

t.test('calls and their results become blocks, and all results of a turn one message', async t => {
  const call = (id: string, args?: string) => ({
    id,
    type: 'function',
    function: { name: 'weather', ...(args === undefined ? {} : { arguments: args }) },
  })
  t.same(
    turns(
      { role: 'user', name: 'ann', content: 'Where?' },
      {
        role: 'assistant',
        content: 'Let me see',
        tool_calls: [call('a', '{"place":"Oslo"}'), call('f.b:1', '')],
      },
      { role: 'tool', tool_call_id: 'a', content: 'rain' },
      { role: 'tool', tool_call_id: 'f.b:1', content: [text('sun')] },
      { role: 'user', content: 'Thanks' },
      { role: 'assistant', content: '' },
      { role: 'user', content: 'Hm' },
    ),
    {
      turns: [
        { role: 'user', content: [text('Where?')] },
        {
          role: 'assistant',
          content: [
            text('Let me see'),
            { type: 'tool_use', id: 'a', name: 'weather', input: { place: 'Oslo' } },
            { type: 'tool_use', id: 'f_b_1', name: 'weather', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: 'rain' },
            { type: 'tool_result', tool_use_id: 'f_b_1', content: [text('sun')] },
            text('Thanks'),
            text('Hm'),
          ],
        },
      ],
    },
  )
  for (const broken of ['{"place":', '[]', '1'])
    t.same(
      refused({ messages: [...hello, { role: 'assistant', tool_calls: [call('a', broken)] }] }),
      ['upstream_rejected', 400, 'messages.1.tool_calls.0.function.arguments'],
      broken,
    )
  t.same(refused({ messages: [{ role: 'function', content: 'x' }] }), [
    'upstream_rejected',
    400,
    'messages.0.role',
  ])
})

t.test('thinking is sent back with its signature, other reasoning is not', async t => {
  const thinking = { type: 'thinking', thinking: 'Hmm', signature: 'sig' }
  t.same(
    turns(...hello, {
      role: 'assistant',
      content: 'Yes',
      reasoning_content: 'Hmm',
      thinking_blocks: [thinking],
    }),
    {
      turns: [
        { role: 'user', content: [text('Hello')] },
        { role: 'assistant', content: [thinking, text('Yes')] },
      ],
    },
  )
})

t.test('images and files are sent as data or as a URL', async t => {
  const part = (content: object) => {
    const { messages } = body({ messages: [{ role: 'user', content: [content as { type: string }] }] })
    return (messages as { content: unknown[] }[])[0]?.content[0]
  }
  const image = (url: string) => part({ type: 'image_url', image_url: { url, detail: 'low' } })
  t.same(image('data:image/png;base64,iVBORw0KGgo='), {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
  })
  t.same(image('https://example.org/a,b.png'), {
    type: 'image',
    source: { type: 'url', url: 'https://example.org/a,b.png' },
  })
  t.same(
    part({ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } }),
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      title: 'a.pdf',
    },
  )
  t.same(part({ type: 'file', file: { file_data: 'data:image/png;base64,iVBORw0KGgo=' } }), {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
  })
  t.same(part({ type: 'refusal', refusal: 'No' }), text('No'))
  const own = { type: 'document', source: { type: 'text', data: 'x' } }
  t.same(part(own), own)
  const at = (content: object) =>
    refused({ messages: [{ role: 'user', content: [text('x'), content as never] }] })
  for (const [content, field] of [
    [{ type: 'image_url', image_url: { url: 'ftp://a' } }, '.image_url.url'],
    [{ type: 'image_url', image_url: { url: 'data:image/svg+xml,<svg/>' } }, '.image_url.url'],
    [{ type: 'image_url' }, '.image_url.url'],
    [{ type: 'input_audio', input_audio: {} }, ''],
    [{ type: 'file', file: { file_id: 'f' } }, '.file'],
    [{ type: 'file', file: { file_data: 'data:application/json;base64,e30=' } }, '.file.file_data'],
  ] as const)
    t.same(at(content), ['upstream_rejected', 400, `messages.0.content.1${field}`])
})

t.test('turns alternate whatever the messages are, and no text is lost', async t => {
  const words = fc.string({ minLength: 1 }).filter(text => text.trim() !== '')
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: words }),
    fc.record({ role: fc.constant('tool'), tool_call_id: fc.constant('a'), content: words }),
  )
  fc.assert(
    fc.property(fc.array(message), messages => {
      const { system = [], messages: turns } = fromChatMessages(messages)
      const said = [...system, ...turns.flatMap(({ content }) => content)]
      const asked = Object.groupBy(messages, ({ role }) => (role === 'system' ? 'first' : 'later'))
      const expected = [...(asked.first ?? []), ...(asked.later ?? [])].map(({ content }) => content)
      const alternate = turns.every(({ role }, index) => role !== turns[index - 1]?.role)
      return (
        alternate &&
        isDeepStrictEqual(
          said.map(block => block['text'] ?? block['content']),
          expected,
        )
      )
    }),
  )
  t.same(fromChatMessages([]), { messages: [] })
})
