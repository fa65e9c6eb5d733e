import fc from 'fast-check'
import t from 'tap'
import { configSchema } from '../../../src/config/schema.ts'
import type { Chunk, Delta } from '../../../src/contract/index.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import { countTokens, messages } from '../../../src/dialects/messages/messages.ts'
import { chunk, completion, pieces } from '../answers.ts'

const { limits } = configSchema.parse({})
const aliases: ReadonlySet<string> = new Set()
const hello = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }

function read(body: object) {
  return messages.read({ ...hello, ...body }, { aliases, limits, defaultModel: undefined })
}

function requestOf(body: object) {
  return read(body).requests[0].request
}

function refusalOf(body: object): HulumanageError {
  try {
    const { source } = read(body).requests[0]
    if (source?.only) return source.only
  } catch (error) {
    if (error instanceof HulumanageError) return error
    throw error
  }
  throw new Error('the body was accepted')
}

t.test('a conversation becomes a chat, with tools and images in place', async t => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
  const { messages: conversation } = requestOf({
    system: [
      { type: 'text', text: 'One.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'Two.' },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'See' }, image] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: '' },
          { type: 'text', text: ' \n' },
          { type: 'text', text: 'Let me look' },
          { type: 'tool_use', id: 'a', name: 'look', input: { at: 1 } },
          { type: 'tool_use', id: 'b', name: 'look', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'seen' }, image] },
          { type: 'tool_result', tool_use_id: 'b' },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
  })
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
  t.strictSame(conversation, [
    {
      role: 'system',
      content: [
        { type: 'text', text: 'One.', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'Two.' },
      ],
    },
    { role: 'user', content: [{ type: 'text', text: 'See' }, picture] },
    {
      role: 'assistant',
      content: 'Let me look',
      reasoning_content: 'hm',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
        { id: 'b', type: 'function', function: { name: 'look', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'seen' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'user', content: [picture, { type: 'text', text: 'And?' }] },
  ])
})

t.test('images and documents are read as URLs, data or text', async t => {
  const { messages: conversation } = requestOf({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
          {
            type: 'document',
            title: 'a.pdf',
            source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
        ],
      },
    ],
  })
  t.strictSame(conversation[0]!.content, [
    { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
    { type: 'text', text: 'plain' },
  ])
})

t.test('fields get the names that a chat uses', async t => {
  const schema = { type: 'object' }
  const { messages: _messages, ...fields } = requestOf({
    model: 'gpt-5-mini',
    stream: true,
    stop_sequences: ['END'],
    temperature: 1,
    top_k: 3,
    metadata: { user_id: 'ann' },
    thinking: { type: 'enabled', budget_tokens: 5000 },
    tools: [{ name: 'look', description: 'Looks', input_schema: schema }],
    of_the_future: 1,
    tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
    output_config: { format: { type: 'json_schema', schema } },
    context_management: {},
    service_tier: 'auto',
    seed: 7,
  })
  t.strictSame(JSON.parse(JSON.stringify(fields)), {
    model: 'gpt-5-mini',
    max_tokens: 9,
    stream: true,
    stream_options: { include_usage: true },
    stop: ['END'],
    temperature: 1,
    top_k: 3,
    user: 'ann',
    reasoning_effort: 'medium',
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks', parameters: schema } }],
    tool_choice: { type: 'function', function: { name: 'look' } },
    parallel_tool_calls: false,
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    seed: 7,
  })
  for (const [type, choice] of [
    ['auto', 'auto'],
    ['any', 'required'],
    ['none', 'none'],
  ])
    t.equal(requestOf({ tools: [{ name: 'look' }], tool_choice: { type } })['tool_choice'], choice)
  t.equal(requestOf({ output_config: { effort: 'low' } })['reasoning_effort'], 'low')
})

t.test('the schema of an answer is kept under its former name, too', t => {
  const format = (name: string) => ({ type: 'json_schema', schema: { title: name, type: 'object' } })
  const titleOf = (fields: object) =>
    t.match(requestOf(fields)['response_format'], { json_schema: { schema: { title: 'asked' } } })
  titleOf({ output_format: format('asked') })
  titleOf({ output_format: format('former'), output_config: { format: format('asked') } })
  t.notOk('output_format' in requestOf({ output_format: format('asked') }))
  t.throws(() => requestOf({ output_format: { type: 'poem' } }), { code: 'invalid_value' })
  t.end()
})

t.test('a long user id becomes its digest, always the same', async t => {
  const user = (id: string) => requestOf({ metadata: { user_id: id } })['user']
  t.equal(user('a'.repeat(64)), 'a'.repeat(64))
  t.match(user('a'.repeat(65)), /^[0-9a-f]{64}$/)
  t.equal(user('a'.repeat(65)), user('a'.repeat(65)))
  t.not(user('a'.repeat(65)), user('b'.repeat(65)))
})

t.test('a field without a counterpart is refused with its path', async t => {
  const user = (block: object) => ({ messages: [{ role: 'user', content: [block] }] })
  const cases: [object, string][] = [
    [{ max_tokens: undefined }, 'max_tokens'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
    [user({ type: 'tool_use', id: 'a', name: 'b', input: {} }), 'messages[0].content[0].type'],
    [user({ type: 'image', source: { type: 'file', file_id: 'f' } }), 'messages[0].content[0].source.type'],
    [user({ type: 'container_upload', file_id: 'f' }), 'messages[0].content[0].type'],
    [{ tools: [{ input_schema: {} }] }, 'tools[0].name'],
    [{ n: 2 }, 'n'],
  ]
  for (const [body, param] of cases) {
    const { code, param: found } = refusalOf(body)
    t.strictSame([code, found], ['invalid_value', param])
  }
})

t.test('a maximum of -1 is refused, since services of Messages require one', async t => {
  t.match(refusalOf({ max_tokens: -1 }), { code: 'invalid_value', param: 'max_tokens' })
})

t.test('the bytes are kept if they contain none of our fields', async t => {
  const bytes = Buffer.from('{}')
  const options = { bytes, aliases, limits, defaultModel: undefined }
  t.equal(messages.read(hello, options).requests[0].source?.bytes, bytes)
  t.equal(
    messages.read({ ...hello, hulumanage_approach: 'bon' }, options).requests[0].source?.bytes,
    undefined,
  )
})

t.test('each kind of ending has its reason', async t => {
  const reasonOf = (message: object, finish: string | null) =>
    (read({}).encoder.completion(completion(message, finish)) as { stop_reason: string }).stop_reason
  const call = { tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }
  t.equal(reasonOf({ content: 'x' }, 'stop'), 'end_turn')
  t.equal(reasonOf({ content: 'x' }, 'length'), 'max_tokens')
  t.equal(reasonOf({ content: 'x' }, 'content_filter'), 'refusal')
  t.equal(reasonOf({ content: null, refusal: 'No' }, 'stop'), 'refusal')
  t.equal(reasonOf(call, 'tool_calls'), 'tool_use')
  t.equal(reasonOf(call, 'stop'), 'tool_use')
})

t.test('an id of the same format is kept, any other gets its own form', async t => {
  const { encoder } = read({})
  for (const [id, shown] of [
    ['msg_01', 'msg_01'],
    ['chatcmpl-1', 'msg_1'],
    ['x', 'msg_x'],
  ] as const) {
    t.match(encoder.completion({ ...completion({ content: 'x' }), id }), { id: shown })
    t.match(read({}).encoder.end({ id, created: 1, model: 'm' }, undefined)[0], { message: { id: shown } })
  }
})

t.test("arguments that are not an object are the model's failure", async t => {
  for (const text of ['{"a"', '[1]', '"x"']) {
    const call = { tool_calls: [{ id: 'a', function: { name: 'f', arguments: text } }] }
    t.throws(() => read({}).encoder.completion(completion(call, 'tool_calls')), {
      code: 'upstream_bad_response',
    })
  }
})

t.test('arguments that continue after their end are a failure', async t => {
  const { encoder } = read({})
  const fragment = (index: number, text: string): Delta => ({
    tool_calls: [{ index, id: `call_${index}`, function: { name: 'f', arguments: text } }],
  })
  encoder.chunk(chunk(fragment(0, '{}')))
  encoder.chunk(chunk(fragment(1, '{')))
  encoder.chunk(chunk(fragment(0, '\n')))
  t.throws(() => encoder.chunk(chunk(fragment(0, '}'))), { code: 'upstream_bad_response' })
})

t.test('signed thinking is kept in both directions, and replaces unsigned thinking', async t => {
  const signed = { type: 'thinking', thinking: 'hm', signature: 'proof' }
  const redacted = { type: 'redacted_thinking', data: 'sealed' }
  const said = [
    { type: 'thinking', thinking: 'aha', signature: '' },
    signed,
    redacted,
    { type: 'text', text: 'Yes' },
  ]
  const { messages: conversation } = requestOf({ messages: [{ role: 'assistant', content: said }] })
  t.strictSame(conversation, [{ role: 'assistant', content: 'Yes', thinking_blocks: [signed, redacted] }])

  const message = { reasoning_content: 'hm', thinking_blocks: [signed, redacted], content: 'Yes' }
  const whole = read({}).encoder.completion(completion(message)) as { content: object[] }
  t.same(whole.content, [signed, redacted, { type: 'text', text: 'Yes' }])

  const { encoder } = read({ stream: true })
  const events = [
    { reasoning_content: 'hm' },
    { thinking_blocks: [signed] },
    { thinking_blocks: [redacted] },
    { content: 'Yes' },
  ].flatMap(delta => encoder.chunk(chunk(delta)))
  t.match(events.slice(1), [
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'proof' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: redacted },
    { type: 'content_block_stop', index: 1 },
    { type: 'content_block_start', index: 2 },
    { type: 'content_block_delta', index: 2 },
  ])
})

t.test('an empty stream is still a message', async t => {
  const events = read({}).encoder.end({ id: '', created: 1, model: 'm' }, undefined)
  t.same(
    events.map(event => event['type']),
    ['message_start', 'message_delta', 'message_stop'],
  )
})

interface SeenBlock {
  type: string
  text: string
  open: boolean
}

/** Reads events like a client that relies on their order. */
function replay(chunks: readonly Chunk[]): SeenBlock[] {
  const { encoder } = read({ stream: true })
  const seen: SeenBlock[] = []
  const events = [...chunks.flatMap(one => encoder.chunk(one)), ...encoder.end(chunks[0]!, undefined)]
  for (const event of events) {
    const block = seen[event['index'] as number]
    if (event['type'] === 'content_block_start') {
      t.notOk(seen.at(-1)?.open, 'the block before has ended')
      seen.push({ type: (event['content_block'] as { type: string }).type, text: '', open: true })
    } else if (event['type'] === 'content_block_stop') block!.open = false
    else if (event['type'] === 'content_block_delta') {
      t.ok(block?.open)
      const { text, thinking, partial_json: json } = event['delta'] as Record<string, string | undefined>
      block!.text += text ?? thinking ?? json ?? ''
    }
  }
  return seen
}

function thinkingOf({ reasoning_content: text }: Delta): string {
  return typeof text === 'string' ? text : ''
}

t.test('however an answer is cut, its blocks come one after another and nothing is lost', async t => {
  fc.assert(
    fc.property(pieces, deltas => {
      const blocks = replay([...deltas.map(delta => chunk(delta)), chunk({}, 'stop')])
      const told = (type: string) =>
        blocks
          .filter(block => block.type === type)
          .map(block => block.text)
          .join('')
      t.notOk(blocks.some(block => block.open))
      t.equal(told('text'), deltas.map(delta => delta.content ?? '').join(''))
      t.equal(told('thinking'), deltas.map(thinkingOf).join(''))
      const calls = Map.groupBy(
        deltas.flatMap(delta => delta.tool_calls ?? []),
        call => call.index,
      )
      t.equal(
        told('tool_use'),
        [...calls.values()]
          .map(parts => parts.map(part => part.function?.arguments ?? '').join(''))
          .map(text => (text.trim() === '' ? '{}' : text))
          .join(''),
      )
    }),
    { numRuns: 50 },
  )
})

t.test('a count grows with its input', async t => {
  const count = (body: object) =>
    countTokens({ ...hello, ...body }, { aliases, defaultModel: undefined }).input_tokens
  const image = { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }
  const few = count({})
  t.ok(count({ system: 'Be brief and kind.' }) > few)
  t.ok(count({ tools: [{ name: 'look', input_schema: { type: 'object' } }] }) > few)
  t.ok(count({ messages: [{ role: 'user', content: [image] }] }) > 1000)
  t.throws(() => countTokens({ model: 'm' }, { aliases, defaultModel: undefined }), {
    message: /^messages\b/,
  })
})
