import fc from 'fast-check'
import t from 'tap'
import { configSchema } from '../../../src/config/schema.ts'
import { countTokens, messages } from '../../../src/dialects/messages/messages.ts'
import { completion } from '../answers.ts'
import { readCarried, withCarried } from '../../../src/text/carried.ts'

const { limits } = configSchema.parse({})
const options = { aliases: new Set<string>(), limits, defaultModel: undefined }
const hello = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }

function requestOf(body: object) {
  const { request, source } = messages.read({ ...hello, ...body }, options).requests[0]
  if (source?.only) throw source.only
  return request
}

function chatOf(...turns: readonly object[]) {
  return requestOf({ messages: [...hello.messages, ...turns] }).messages
}

const found = { type: 'web_search_result', url: 'https://example.org', title: 'X', encrypted_content: 'E' }

t.test("actions of Anthropic's servers in earlier turns become text", async t => {
  const content = [
    { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
    { type: 'web_search_tool_result', tool_use_id: 's', content: [found] },
    { type: 'code_execution_tool_result', tool_use_id: 's', content: { stdout: '2', stderr: '' } },
    { type: 'mcp_tool_result', tool_use_id: 's', content: [{ type: 'text', text: 'read' }] },
    { type: 'mcp_tool_listing', server_name: 's', tools: [] },
    { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } },
    { type: 'of_the_future', data: 'x' },
    { type: 'text', text: 'yes' },
  ]
  t.same(chatOf({ role: 'assistant', content })[1], {
    role: 'assistant',
    content:
      '[Called web_search with {"query":"x"}]\nX: https://example.org\n2\nread\n{"type":"of_the_future","data":"x"}\nyes',
  })
})

t.test('results of tools are never refused, whatever they contain', async t => {
  const inner = [
    { type: 'tool_reference', tool_name: 'Late' },
    {
      type: 'search_result',
      source: 'https://example.org',
      title: 'X',
      content: [{ type: 'text', text: 'so' }],
    },
    { type: 'document', source: { type: 'file', file_id: 'f' } },
    { type: 'image', source: { type: 'file', file_id: 'f' } },
    { type: 'of_the_future' },
    { type: 'tool_use', id: 'b', name: 'f', input: {} },
  ]
  const chat = chatOf(
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: inner }] },
  )
  t.match(chat[2]!.content, /The tool Late is available/)
  t.match(chat[2]!.content, /X: https:\/\/example.org\nso/)
  t.match(chat[2]!.content, /\n{"type":"of_the_future"}\n{"type":"tool_use","id":"b",/)
})

t.test('what has no translation for another reason may have content of any type', async t => {
  const file = { type: 'image', source: { type: 'file', file_id: 'f' } }
  for (const content of [{ type: 'text' }, 17, { ok: true }, [null, { type: 'text', text: 'x' }]]) {
    const body = {
      messages: [...hello.messages, { role: 'assistant', content }, { role: 'user', content: [file] }],
    }
    t.throws(() => requestOf(body), {
      code: 'invalid_value',
      param: 'messages[2].content[0].source.type',
    })
  }
  const content = [
    { type: 'text', text: 5 },
    { type: 'text', text: 'x' },
  ]
  t.throws(() => requestOf({ messages: [{ role: 'user', content }] }), { code: 'invalid_value' })
})

t.test('documents by URL and as blocks of text become text', async t => {
  const content = [
    { type: 'document', title: 'a.pdf', source: { type: 'url', url: 'https://example.org/a.pdf' } },
    { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'inside' }] } },
    { type: 'text', text: ' ' },
  ]
  t.same(chatOf({ role: 'assistant', content: 'ok' }, { role: 'user', content })[2]!.content, [
    { type: 'text', text: 'a.pdf: https://example.org/a.pdf' },
    { type: 'text', text: 'inside' },
  ])
})

t.test('tools that the client runs become functions with their schemas and original names', async t => {
  const { tools } = requestOf({
    tools: [
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
      { type: 'memory_20250818', name: 'memory' },
      { type: 'computer_20250124', name: 'screen', display_width_px: 1 },
    ],
  })
  t.match(tools, [
    { function: { name: 'bash', parameters: { properties: { command: { type: 'string' } } } } },
    { function: { name: 'str_replace_based_edit_tool', parameters: { required: ['command', 'path'] } } },
    { function: { name: 'memory', parameters: { required: ['command'] } } },
    { function: { name: 'screen', parameters: { required: ['action'] } } },
  ])
})

t.test("tools that run on Anthropic's servers are left out, and refused only if one is forced", async t => {
  const search = { type: 'web_search_20250305', name: 'web_search' }
  const tools = [{ name: 'look' }, search, { type: 'mcp_toolset', mcp_server_name: 's' }]
  const { tools: told, ...rest } = requestOf({
    tools,
    mcp_servers: [{}],
    container: 'c',
    tool_choice: { type: 'auto' },
  })
  t.match(told, [{ function: { name: 'look' } }])
  t.notOk('mcp_servers' in rest || 'container' in rest)
  t.notOk('tool_choice' in requestOf({ tools: [search], tool_choice: { type: 'auto' } }))
  for (const forced of [{ type: 'tool', name: 'web_search' }, { type: 'any' }])
    t.throws(() => requestOf({ tools: [search], tool_choice: forced }), {
      code: 'invalid_value',
      param: 'tool_choice',
    })
})

t.test('a thread is refused with the details that let an SDK continue without one', async t => {
  t.throws(() => requestOf({ thread: { type: 'create' } }), {
    code: 'invalid_value',
    upstream: { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } },
  })
})

t.test('every request that can be sent can be counted', async t => {
  const content = [
    { type: 'container_upload', file_id: 'f' },
    { type: 'image', source: { type: 'file' } },
  ]
  const tools = [{ type: 'web_search_20250305', name: 'web_search' }, { type: 'mcp_toolset' }]
  const body = { ...hello, messages: [{ role: 'user', content }], tools, tool_choice: { type: 'any' } }
  t.ok(countTokens(body, options).input_tokens > 4)
})

t.test('data in the id of a call comes back with the call and its result', async t => {
  const signature = { extra_content: { google: { thought_signature: 'S=' } } }
  const id = withCarried('call_1', signature)
  t.match(id, /^[\w-]+$/)
  const chat = chatOf(
    { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'ok' }] },
  )
  t.match(chat[1], { tool_calls: [{ id: 'call_1', ...signature }] })
  t.match(chat[2], { tool_call_id: 'call_1' })
  const call = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'f', arguments: '{}' },
    ...signature,
  }
  const { encoder } = messages.read(hello, options)
  t.match(encoder.completion(completion({ tool_calls: [call] })), { content: [{ type: 'tool_use', id }] })
  const said = [{ role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] }]
  const { source } = messages.read({ ...hello, messages: said }, options).requests[0]
  t.match(source?.body, { messages: [{ content: [{ id: 'call_1' }] }] }, 'a relay carries nothing')
})

// https://github.com/farion1231/cc-switch/issues/1181, https://github.com/BerriAI/litellm/pull/34523
t.test('an id is in the characters of Anthropic, and the service that gave it gets it back', async t => {
  for (const given of ['functions.f:0', '\u0000', 'call 1', '\ud800']) {
    const call = { index: 0, id: given, type: 'function', function: { name: 'f', arguments: '{}' } }
    const { encoder } = messages.read(hello, options)
    const { content } = encoder.completion(completion({ tool_calls: [call] })) as {
      content: { id: string }[]
    }
    const { id } = content[0]!
    t.match(id, /^[\w-]+$/)
    const said = { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] }
    const result = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: id, content: 'ok' }],
    }
    t.match(chatOf(said, result).slice(1), [{ tool_calls: [{ id: given }] }, { tool_call_id: given }])
    const { source } = messages.read({ ...hello, messages: [said] }, options).requests[0]
    t.match(source?.body, { messages: [{ content: [{ id: given.replaceAll(/[^\w-]/g, '_') }] }] })
  }
})

t.test('a foreign id contains no data, and one of ours returns what was put into it', async t => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (id, extra) => {
      t.same(readCarried(withCarried(id, { unknown: extra })), { id, carried: {} })
      t.doesNotThrow(() => readCarried(`${id}_hmx1_${JSON.stringify(extra)}`))
      t.same(readCarried(withCarried(id, { extra_content: { extra } })), {
        id,
        carried: { extra_content: { extra } },
      })
    }),
    { numRuns: 30 },
  )
})

const block = fc.oneof(
  fc.record({
    type: fc.constantFrom('server_tool_use', 'mcp_tool_use', 'tool_reference', 'search_result', 'other'),
    content: fc.option(fc.jsonValue(), { nil: undefined }),
    input: fc.jsonValue(),
    title: fc.jsonValue(),
  }),
  fc.record({
    type: fc.constantFrom('image', 'document', 'thinking', 'redacted_thinking'),
    source: fc.jsonValue(),
  }),
  fc.record({ type: fc.constant('text'), text: fc.string({ maxLength: 4 }) }),
)

t.test('no block of a history is refused, and each message of the chat has content', async t => {
  const turn = fc.record({
    role: fc.constantFrom('user', 'assistant'),
    content: fc.array(block, { maxLength: 4 }),
  })
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 6 }), turns => {
      const chat = chatOf(...turns, { role: 'assistant', content: 'ok' }, hello.messages[0]!)
      for (const { role, content, tool_calls: calls } of chat)
        t.ok(role === 'user' || content !== null || calls)
    }),
    { numRuns: 60 },
  )
})

t.test('lines of headers for Anthropic alone, which differ each time, reach no other service', async t => {
  const line = (hash: string) => `x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli; cch=${hash};`
  const systemOf = (system: unknown) => requestOf({ system }).messages.filter(({ role }) => role === 'system')
  const [first, second] = ['00000', 'eb6c6'].map(hash => [
    { type: 'text', text: line(hash) },
    { type: 'text', text: 'You code.' },
  ])
  t.strictSame(systemOf(first), [{ role: 'system', content: 'You code.' }])
  t.strictSame(systemOf(second), systemOf(first))
  t.strictSame(systemOf(`${line('1')}\nYou code.`), systemOf(first))
  t.strictSame(systemOf(line('1')), [])
  const told = 'Explain x-anthropic-billing-header: please.'
  t.strictSame(systemOf(told), [{ role: 'system', content: told }])
})

t.test('the input of an earlier call may be the text of an object', async t => {
  for (const input of ['{"a":1}', { a: 1 }]) {
    const [, turn] = chatOf({
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input }],
    })
    t.match(turn, { tool_calls: [{ function: { name: 'f', arguments: '{"a":1}' } }] })
  }
  const none = { type: 'tool_use', id: 'toolu_1', name: 'f', input: '' }
  t.match(chatOf({ role: 'assistant', content: [none] })[1], {
    tool_calls: [{ function: { arguments: '{}' } }],
  })
})
