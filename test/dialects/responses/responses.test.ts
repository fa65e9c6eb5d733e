import fc from 'fast-check'
import t from 'tap'
import { configSchema } from '../../../src/config/schema.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { StreamEvent } from '../../../src/dialects/dialect.ts'
import { responses } from '../../../src/dialects/responses/responses.ts'
import { chunk, completion, pieces } from '../answers.ts'

const { limits } = configSchema.parse({})
const aliases: ReadonlySet<string> = new Set()
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

function read(body: object) {
  return responses.read({ model: 'm', input: 'Hi', ...body }, { aliases, limits, defaultModel: undefined })
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

t.test('items become the turns of a chat', async t => {
  const { messages } = requestOf({
    instructions: 'Be brief.',
    input: [
      { role: 'developer', content: 'Be kind.' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'See' },
          { type: 'input_image', image_url: 'https://example.org/a.png', detail: 'low' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me look' }] },
      { type: 'function_call', call_id: 'a', name: 'look', arguments: '{"at":1}' },
      { type: 'function_call', call_id: 'b', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'seen' },
      {
        type: 'function_call_output',
        call_id: 'b',
        output: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }],
      },
    ],
  })
  t.strictSame(messages, [
    { role: 'system', content: 'Be brief.' },
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
      ],
    },
    {
      role: 'assistant',
      content: 'Let me look',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
        { id: 'b', type: 'function', function: { name: 'look', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'seen' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
  ])
})

t.test('fields get the names that a chat uses', async t => {
  const schema = { type: 'object' }
  const { messages: _messages, ...fields } = requestOf({
    max_output_tokens: 9,
    temperature: 1,
    top_p: null,
    parallel_tool_calls: false,
    metadata: { team: 'blue' },
    store: true,
    truncation: 'auto',
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'low', summary: 'auto' },
    text: { format: { type: 'json_schema', name: 'n', schema, strict: true }, verbosity: 'low' },
    tools: [{ type: 'function', name: 'look', parameters: schema, strict: null }],
    tool_choice: { type: 'function', name: 'look' },
    user: 'ann',
  })
  t.strictSame(fields, {
    model: 'm',
    max_tokens: 9,
    temperature: 1,
    parallel_tool_calls: false,
    user: 'ann',
    tools: [{ type: 'function', function: { name: 'look', parameters: schema } }],
    tool_choice: { type: 'function', function: { name: 'look' } },
    response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } },
    verbosity: 'low',
    reasoning_effort: 'low',
  })
})

t.test('a field without a counterpart is refused with its path', async t => {
  const item = (one: object) => ({ input: [one] })
  const part = (one: object) => item({ role: 'user', content: [one] })
  const cases: [object, string][] = [
    [{ input: null }, 'input'],
    [{ input: [] }, 'input'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tool_choice: { type: 'web_search' } }, 'tool_choice'],
    [part({ type: 'input_audio' }), 'input[0].content[0].type'],
    [part({ type: 'input_image', file_id: 'f' }), 'input[0].content[0].image_url'],
    [part({ type: 'input_file', file_id: 'f' }), 'input[0].content[0].file_data'],
    [{ include: ['message.output_text.logprobs'] }, 'include[0]'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ conversation: { id: 'c' } }, 'conversation'],
    [{ n: 2 }, 'n'],
  ]
  for (const [body, param] of cases) {
    const { code, param: found } = refusalOf(body)
    t.strictSame([code, found], ['invalid_value', param])
  }
})

t.test('a whole answer has one item for each thing in it', async t => {
  const message = {
    reasoning_content: 'hm',
    content: 'Yes',
    refusal: 'No',
    tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
  }
  t.match(read({ metadata: { team: 'blue' } }).encoder.completion(completion(message)), {
    id: 'resp_1',
    status: 'completed',
    metadata: { team: 'blue' },
    output: [
      { id: 'rs_1_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      { id: 'msg_1_1', type: 'message', content: [{ type: 'output_text', text: 'Yes' }] },
      { id: 'msg_1_2', type: 'message', content: [{ type: 'refusal', refusal: 'No' }] },
      { id: 'fc_1_3', type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
    ],
  })
})

t.test('a truncated answer says so, also in its last item', async t => {
  const { encoder } = read({})
  t.match(encoder.completion(completion({ content: 'x' }, 'content_filter')), {
    status: 'incomplete',
    incomplete_details: { reason: 'content_filter' },
    output: [{ status: 'incomplete' }],
  })
})

t.test('a stream that fails ends with everything received so far', async t => {
  const { encoder } = read({})
  encoder.chunk(chunk({ content: 'one' }))
  const error = { message: 'broke', type: 'upstream_error', param: null, code: 'upstream_truncated' }
  const events = encoder.fail({ error, status: 502, requestId: 'req_1', mayPass: true })
  t.match(events, [
    { type: 'error', code: 'upstream_truncated', message: 'Connection lost, server error: broke' },
    {
      type: 'response.failed',
      response: {
        id: 'resp_1',
        status: 'failed',
        error: { code: 'upstream_truncated', message: 'Connection lost, server error: broke' },
        output: [{ status: 'incomplete', content: [{ text: 'one' }] }],
      },
    },
  ])
  const early = read({}).encoder.fail({ error, status: 502, requestId: 'req_1', mayPass: true })
  t.match(early.at(-1), { response: { id: /^resp_\w+/, model: 'm', output: [] } })
})

type Item = Readonly<Record<string, unknown>>

t.test('however an answer is cut, its items add up to the response at the end', async t => {
  fc.assert(
    fc.property(pieces, deltas => {
      const { encoder } = read({ stream: true })
      const chunks = [...deltas.map(delta => chunk(delta)), chunk({}, 'stop')]
      const events: StreamEvent[] = [
        ...chunks.flatMap(one => encoder.chunk(one)),
        ...encoder.end(chunks[0]!, usage),
      ]
      t.same(
        events.map(event => event['sequence_number']),
        [...events.keys()],
      )
      const of = (type: string) => events.filter(event => event['type'] === type)
      const { output, usage: told } = events.at(-1)!['response'] as { output: Item[]; usage: object }
      t.match(told, { input_tokens: 3, output_tokens: 2, total_tokens: 5 })
      t.same(
        of('response.output_item.done').map(event => event['item']),
        output,
      )
      t.equal(of('response.output_item.added').length, output.length)
      const spoken = of('response.output_text.delta').map(event => event['delta'])
      t.equal(spoken.join(''), deltas.map(delta => delta.content ?? '').join(''))
      const calls = output.filter(item => item['type'] === 'function_call')
      t.same(
        of('response.function_call_arguments.done').map(event => event['arguments']),
        calls.map(call => call['arguments']),
      )
    }),
    { numRuns: 50 },
  )
})

t.test('thinking of which nothing may be read has no summary', async t => {
  const { encoder } = read({ stream: true })
  const sealed = { type: 'thinking', thinking: '', signature: 'c2ln' }
  const first = chunk({ thinking_blocks: [sealed] })
  const events = [
    ...encoder.chunk(first),
    ...encoder.chunk(chunk({ content: 'x' }, 'stop')),
    ...encoder.end(first, usage),
  ]
  t.match(events.at(-1), {
    response: { output: [{ type: 'reasoning', summary: [], encrypted_content: String }, {}] },
  })
  t.same(
    events.filter(({ type }) => /summary/.test(String(type))),
    [],
  )
})

const link = {
  type: 'url_citation',
  url_citation: { url: 'https://example.org/a', title: 'A', start_index: 0, end_index: 5 },
}
const shown = { type: 'url_citation', url: 'https://example.org/a', title: 'A', start_index: 0, end_index: 5 }

t.test('annotations of a chat belong to the text of the response', async t => {
  const bare = { type: 'url_citation', url_citation: { url: 'https://example.org/b' } }
  const whole = read({}).encoder.completion(
    completion({ content: 'Hello', annotations: [link, bare, 'x', { type: 'url_citation' }] }),
  ) as { output: { content: { annotations: unknown }[] }[] }
  t.same(whole.output[0]!.content[0]!.annotations, [
    shown,
    {
      type: 'url_citation',
      url: 'https://example.org/b',
      title: 'https://example.org/b',
      start_index: 5,
      end_index: 5,
    },
  ])
})

t.test('annotations of a streamed chat come as events, and with the end of their text', async t => {
  const { encoder } = read({ stream: true })
  const early = encoder.chunk(chunk({ annotations: [link] }))
  t.notOk(
    early.some(({ type }) => String(type).includes('annotation')),
    'no text yet',
  )
  const events = [
    ...encoder.chunk(chunk({ content: 'Hello' })),
    ...encoder.chunk(chunk({ annotations: [{ type: 'file_citation', file_id: 'f' }] })),
    ...encoder.chunk(chunk({}, 'stop')),
    ...encoder.end({ id: 'chatcmpl-1', created: 7, model: 'm' }, usage),
  ]
  const added = events.filter(({ type }) => type === 'response.output_text.annotation.added')
  const file = { type: 'file_citation', file_id: 'f' }
  t.match(added, [
    { output_index: 0, content_index: 0, annotation_index: 0, annotation: shown },
    { annotation_index: 1, annotation: file },
  ])
  for (const end of ['response.content_part.done', 'response.output_item.done', 'response.completed'])
    t.ok(JSON.stringify(events.find(({ type }) => type === end)).includes(JSON.stringify([shown, file])), end)
  t.same(
    events.map(event => event['sequence_number']),
    events.map((_, index) => index + early.length),
  )
})
