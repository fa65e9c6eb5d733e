import t from 'tap'
import type { Json } from '../fake-provider/content.ts'
import { sentTo, services } from './foreign-blocks.ts'

const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
const user = { role: 'user', content: 'Hi' }

// https://github.com/BerriAI/litellm/issues/25669
t.test('calls and results in the blocks of Messages are calls and results of a chat', async t => {
  const messages = [
    user,
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'done' }] },
        { type: 'text', text: 'And?' },
      ],
    },
  ]
  for (const service of ['chat', 'deepseek']) {
    const sent = await sentTo(t, service, { messages, tools })
    const told = sent['messages'] as readonly Json[]
    t.match(told.slice(0, 3), [
      user,
      {
        role: 'assistant',
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'toolu_1' },
    ])
    t.match(told.at(-1), { role: 'user', content: [{ text: 'And?' }] })
    t.notMatch(JSON.stringify(sent), /tool_use|tool_result|cannot read/)
  }
  t.match((await sentTo(t, 'messages', { messages, tools }))['messages'], [
    { role: 'user' },
    {
      role: 'assistant',
      content: [{ text: 'I look.' }, { type: 'tool_use', id: 'toolu_1', input: { a: 1 } }],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }, { text: 'And?' }] },
  ])
  t.match((await sentTo(t, 'responses', { messages, tools }))['input'], [
    { role: 'user' },
    { role: 'assistant' },
    { type: 'function_call', call_id: 'toolu_1', name: 'f' },
    { type: 'function_call_output', call_id: 'toolu_1' },
    { role: 'user' },
  ])
})

t.test('what only Messages has in a result reaches a service of Messages', async t => {
  const result = {
    type: 'tool_result',
    tool_use_id: 'toolu_1',
    is_error: true,
    content: 'boom',
    cache_control: { type: 'ephemeral' },
  }
  const messages = [
    user,
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
    { role: 'user', content: [result] },
  ]
  const sent = (await sentTo(t, 'messages', { messages, tools }))['messages'] as { content: Json[] }[]
  t.same(sent[2]!.content, [result])
  const part = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
  messages[2] = { role: 'user', content: [{ ...result, content: [part] } as never] }
  t.notMatch(
    JSON.stringify(await sentTo(t, 'messages', { messages, tools })),
    /image_url/,
    'and nothing that it lacks',
  )
})

t.test('marks of calls and failures of tools stay, even if their blocks are rewritten', async t => {
  const mark = { cache_control: { type: 'ephemeral' } }
  for (const [path, content] of [
    ['/chat/completions', [{ type: 'text', text: 'boom' }]],
    ['/chat/completions', 'boom'],
    ['/messages', 'boom'],
  ] as const) {
    // Anthropic refuses such an id.
    const call = { type: 'tool_use', id: 'a b', name: 'f', input: {}, ...mark }
    const result = { type: 'tool_result', tool_use_id: 'a b', is_error: true, content }
    const conversation = [
      user,
      { role: 'assistant', content: [call] },
      { role: 'user', content: [path === '/messages' ? result : { ...result, ...mark }] },
    ]
    const isOfMessages = path === '/messages'
    const offered = isOfMessages ? [{ name: 'f', input_schema: { type: 'object' } }] : tools
    const model = isOfMessages ? 're2-m' : 'm'
    const sent = await sentTo(t, 'messages', { model, messages: conversation, tools: offered }, path)
    t.match(
      sent['messages'],
      [{}, { content: [{ type: 'tool_use', ...mark }] }, { content: [{ is_error: true }] }],
      path,
    )
    if (!isOfMessages) t.match(sent['messages'], [{}, {}, { content: [mark] }])
    const told = JSON.stringify(await sentTo(t, 'chat', { messages: conversation, tools: offered }, path))
    t.notMatch(told, /cache_control|is_error/, 'and a chat has no place for them')
  }
})

t.test('the failure of a tool reaches Anthropic with text alone', async t => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
  const boom = { type: 'text', text: 'boom' }
  for (const content of [[image], [boom, image], [], '', ' ', undefined]) {
    const result = { type: 'tool_result', tool_use_id: 'a b', is_error: true, content }
    const call = { type: 'tool_use', id: 'a b', name: 'f', input: {} }
    const messages = [user, { role: 'assistant', content: [call] }, { role: 'user', content: [result] }]
    const sent = await sentTo(t, 'messages', { messages, tools })
    t.notMatch(JSON.stringify(sent), 'is_error', JSON.stringify(content))
  }
})

t.test('a mark on a call that Anthropic could not read is left out', async t => {
  for (const mark of [false, 'ephemeral', {}]) {
    const call = { type: 'tool_use', id: 'a', name: 'f', input: {}, cache_control: mark }
    const result = { type: 'tool_result', tool_use_id: 'a', content: 'x' }
    const messages = [user, { role: 'assistant', content: [call] }, { role: 'user', content: [result] }]
    const sent = await sentTo(t, 'messages', { messages, tools })
    t.notMatch(JSON.stringify(sent), 'cache_control', JSON.stringify(mark))
  }
})

t.test('calls in blocks are calls without a name, too, and with input in a text', async t => {
  const calls = [
    { type: 'tool_use', id: 'a', input: '{"a":1}' },
    { type: 'tool_use', id: 'b', name: 'f', input: '' },
  ]
  const messages = [
    user,
    { role: 'assistant', content: calls },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'x' },
        { type: 'tool_result', tool_use_id: 'b', content: 'y' },
      ],
    },
  ]
  for (const service of ['chat', 'deepseek'])
    t.match((await sentTo(t, service, { messages, tools }))['messages'], [
      user,
      {
        tool_calls: [
          { id: 'a', function: { name: 'unnamed_tool', arguments: '{"a":1}' } },
          { id: 'b', function: { name: 'f', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'x' },
      { role: 'tool', tool_call_id: 'b', content: 'y' },
    ])
})

// https://github.com/langchain-ai/langchainjs/issues/11049, https://github.com/langchain-ai/openwiki/issues/231
t.test('thoughts in the content of an earlier turn are thoughts, or left out', async t => {
  const thoughts = [
    { type: 'reasoning', reasoning: 'Hm' },
    { type: 'thinking', thinking: 'Hm' },
    { type: 'reasoning_content', reasoning_content: 'Hm' },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
  ]
  for (const service of Object.keys(services)) {
    for (const thought of thoughts) {
      const said = { role: 'assistant', content: [thought, { type: 'text', text: '4' }] }
      const body = await sentTo(t, service, { messages: [user, said, { role: 'user', content: 'And?' }] })
      const sent = JSON.stringify(body['messages'] ?? body['input'])
      t.match(sent, /"4"/)
      t.notMatch(sent, /"type":"(?:reasoning|thinking|reasoning_content)"|cannot read/)
    }
  }
  const signed = { type: 'thinking', thinking: 'Hm', signature: 'S' }
  const said = { role: 'assistant', content: [signed, { type: 'text', text: '4' }] }
  const { messages } = await sentTo(t, 'messages', { messages: [user, said, user] })
  t.match(messages, [{}, { content: [signed, { type: 'text', text: '4' }] }])
  const toChat = JSON.stringify(await sentTo(t, 'chat', { messages: [user, said, user] }))
  t.notMatch(toChat, /thinking_blocks|signature/, 'a chat service may refuse the signature of another')
  const own = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }
  const magistral = { role: 'assistant', content: [own, { type: 'text', text: '4' }] }
  t.match((await sentTo(t, 'chat', { messages: [user, magistral, user] }))['messages'], [{}, magistral])
})

t.test('a thought in a content reaches a service that reads thoughts', async t => {
  const thought = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] }
  const said = { role: 'assistant', content: [thought, { type: 'text', text: '4' }], reasoning_content: null }
  t.match((await sentTo(t, 'deepseek', { messages: [user, said, user] }))['messages'], [
    {},
    { reasoning_content: 'Hm' },
  ])
})

t.test('a thought that only its own service can read stays as the client wrote it', async t => {
  const summary = [{ type: 'summary_text', text: 'Hm', signature: 'S' }]
  for (const thought of [
    { type: 'reasoning', summary },
    { type: 'reasoning', summary: [], encrypted_content: 'sealed' },
    { type: 'reasoning', reasoning: { text: 'Hm' } },
  ]) {
    const said = { role: 'assistant', content: [thought, { type: 'text', text: '4' }] }
    t.same((await sentTo(t, 'chat', { messages: [user, said, user] }))['messages'], [user, said, user])
  }
})

// https://github.com/BerriAI/litellm/issues/18539
t.test('a choice among tools in the spelling of another API is that of each service', async t => {
  const named = { type: 'function', function: { name: 'f' } }
  const choices: (readonly [unknown, unknown, unknown, unknown])[] = [
    [{ type: 'auto' }, 'auto', { type: 'auto' }, 'auto'],
    [{ type: 'none' }, 'none', { type: 'none' }, 'none'],
    [{ type: 'any' }, 'required', { type: 'any' }, 'required'],
    [{ type: 'tool', name: 'f' }, named, { type: 'tool', name: 'f' }, { type: 'function', name: 'f' }],
    [{ type: 'function', name: 'f' }, named, { type: 'tool', name: 'f' }, { type: 'function', name: 'f' }],
  ]
  for (const [tool_choice, ...expected] of choices)
    for (const [index, service] of ['chat', 'messages', 'responses'].entries())
      t.same(
        (await sentTo(t, service, { messages: [user], tools, tool_choice }))['tool_choice'],
        expected[index],
      )
  const tool_choice = { type: 'auto', disable_parallel_tool_use: true }
  const single = { messages: [user], tools, tool_choice }
  t.match(await sentTo(t, 'chat', single), { tool_choice: 'auto', parallel_tool_calls: false })
  t.match(await sentTo(t, 'messages', single), { tool_choice })
  const custom = { messages: [user], tools: [{ type: 'custom', custom: { name: 'f' } }] }
  t.match(await sentTo(t, 'chat', { ...custom, tool_choice: { type: 'custom', name: 'f' } }), {
    tool_choice: { type: 'custom', custom: { name: 'f' } },
  })
})
