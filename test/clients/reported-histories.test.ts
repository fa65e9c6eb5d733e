import t from 'tap'
import type { Test } from 'tap'
import { answer, fakeProvider } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { serve } from './serve.ts'

/** The status of a request, and the body that a service gets for it. */
async function exchange(t: Test, path: string, body: Json, more: Json = {}) {
  const provider = await fakeProvider(t, answer('Hi'))
  const entry = { name: 'p', base_url: provider.url, api_key: 'k', ...more }
  const routing = { health_check: { enabled: false } }
  const url = await serve(t, JSON.stringify({ routing, providers: [entry] }))
  const response = await fetch(`${url}/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', max_tokens: 100, ...body }),
  })
  return { status: response.status, text: await response.text(), sent: provider.requests[0]!.body }
}

/** The messages that a chat service gets for a request that is answered. */
async function sentFor(t: Test, path: string, body: Json): Promise<readonly Json[]> {
  const { status, text, sent } = await exchange(t, path, body)
  t.equal(status, 200, text)
  return sent['messages'] as readonly Json[]
}

/** Contents that services and SDKs have put in the place of a text, and the text that a model gets. */
const odd: readonly (readonly [unknown, string])[] = [
  [{ ok: true }, '{"ok":true}'],
  [[{ ok: true }], '{"ok":true}'],
  [['one', 2], 'one\n2'],
  [{ type: 'text', text: 'one' }, 'one'],
  [[{ text: 'one' }], 'one'],
  [[{ type: 'text', text: null }], ''],
  [[{ type: 'text' }], ''],
  [[{ type: 'output_text', annotations: [] }], ''],
  [{ type: 'object', rows: [1, 2] }, '{"type":"object","rows":[1,2]}'],
  [{ type: 'success', value: 42 }, '{"type":"success","value":42}'],
  [{ type: 'text', value: 'one' }, '{"type":"text","value":"one"}'],
  [[{ type: 'file', path: 'a.txt' }], '{"type":"file","path":"a.txt"}'],
  [[{ type: 'json', value: [1] }], '{"type":"json","value":[1]}'],
  [[{ type: 'image', path: 'a.png' }], '{"type":"image","path":"a.png"}'],
  [{ type: 'error', error: 'not found' }, '{"type":"error","error":"not found"}'],
  [[{ type: 'error', error: 'not found' }], '{"type":"error","error":"not found"}'],
  [[{ type: 'name', name: 'a' }], '{"type":"name","name":"a"}'],
  [{ type: 'file', file: '/a/b.txt', size: 5 }, '{"type":"file","file":"/a/b.txt","size":5}'],
  [[{ type: 'tweet', text: 'hi', author: 'bob' }], '{"type":"tweet","text":"hi","author":"bob"}'],
  [[{ type: 'note', content: 'C', author: 'z' }], '{"type":"note","content":"C","author":"z"}'],
  [[{ text: 'a', author: 'z' }], '{"text":"a","author":"z"}'],
  [{ ok: true, shot: 'data:image/png;base64,AAAA' }, '{"ok":true,"shot":"[data of 26 characters]"}'],
  [17, '17'],
  [null, ''],
]

const user = { role: 'user', content: 'Hi' }

t.test('the result of a tool is never refused, whatever its type', async t => {
  for (const [result, text] of odd) {
    for (const type of ['function_call', 'custom_tool_call']) {
      const asked = { type, call_id: 'call_1', name: 'f', arguments: '{}' }
      const output = { type: `${type}_output`, call_id: 'call_1', output: result }
      const [, , told] = await sentFor(t, '/responses', { input: [user, asked, output] })
      t.same(told, { role: 'tool', tool_call_id: 'call_1', content: text })
    }
    const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
    const [, , tool] = await sentFor(t, '/chat/completions', {
      messages: [
        user,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: result },
      ],
    })
    t.equal(textOf(tool), text)
    const [, , block] = await sentFor(t, '/messages', {
      messages: [
        user,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: result }] },
      ],
    })
    t.equal(textOf(block), text)
  }
})

t.test('an earlier answer is never refused, whatever the type of its content', async t => {
  for (const [content, text] of odd) {
    const messages = [user, { role: 'assistant', content }, { role: 'user', content: 'And?' }]
    for (const [path, body] of [
      ['/chat/completions', { messages }],
      ['/messages', { messages }],
      ['/responses', { input: messages }],
    ] as const) {
      const told = (await sentFor(t, path, body)).filter(({ role }) => role === 'assistant')
      t.equal(told.map(textOf).join('').replaceAll('\n', ''), text.replaceAll('\n', ''), path)
    }
  }
})

/** Contents that no API has, and the one that a service of the client's own API gets. */
const mended: readonly (readonly [unknown, unknown])[] = [
  [{ type: 'object', rows: [1] }, '{"type":"object","rows":[1]}'],
  [{ type: 'text', text: 'one' }, 'one'],
  [17, '17'],
]

t.test("a service of the client's own API gets content that it can read", async t => {
  for (const [content, told] of mended) {
    const { sent: messages } = await exchange(
      t,
      '/messages',
      {
        messages: [
          user,
          { role: 'assistant', content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content }] },
        ],
      },
      { type: 'anthropic' },
    )
    t.match(messages['messages'], [{}, { content: told }, { content: [{ content: told }] }])
    const { sent: responses } = await exchange(
      t,
      '/responses',
      {
        input: [
          user,
          { role: 'assistant', content },
          { type: 'function_call_output', call_id: 'c', output: content },
        ],
      },
      { api: 'responses' },
    )
    t.match(responses['input'], [{}, { content: told }, { output: told }])
  }
})

t.test("a service of the client's own API gets parts of types that nobody here knows", async t => {
  const content = [{ type: 'of_the_future', data: 'x' }, { type: 'text' }, { ok: true }]
  const { sent } = await exchange(
    t,
    '/responses',
    { input: [user, { type: 'function_call_output', call_id: 'c', output: content }] },
    { api: 'responses' },
  )
  t.match(sent['input'], [
    {},
    { output: [content[0], { type: 'text', text: '' }, { type: 'input_text', text: '{"ok":true}' }] },
  ])
})

t.test('a call in a history may have arguments of any type', async t => {
  const called = { call_id: 'call_1', name: 'f' }
  const output = { type: 'function_call_output', call_id: 'call_1', output: 'done' }
  for (const [args, text] of [
    [null, '{}'],
    [undefined, '{}'],
    ['', '{}'],
    [{ a: 1 }, '{"a":1}'],
    [[1], '{"input":"[1]"}'],
  ] as const) {
    const asked = { type: 'function_call', ...called, arguments: args }
    const [, told] = await sentFor(t, '/responses', { input: [user, asked, output] })
    t.match(told, { tool_calls: [{ function: { name: 'f', arguments: text } }] })
  }
  for (const [input, text] of [
    [null, ''],
    [{ a: 1 }, '{"a":1}'],
    ['ls', 'ls'],
  ] as const) {
    const asked = { type: 'custom_tool_call', ...called, input }
    const [, told] = await sentFor(t, '/responses', { input: [user, asked, output] })
    t.match(told, { tool_calls: [{ function: { name: 'f', arguments: JSON.stringify({ input: text }) } }] })
  }
})

t.test('content of another type is refused in what a user says now', async t => {
  const provider = await fakeProvider(t)
  const entry = { name: 'p', base_url: provider.url, api_key: 'k' }
  const url = await serve(t, JSON.stringify({ providers: [entry] }))
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: { a: 1 } }] }),
  })
  t.equal(response.status, 400)
})

function textOf(message: Json | undefined): string {
  const content = message?.['content']
  const parts = Array.isArray(content) ? (content as readonly Json[]) : [{ text: content ?? '' }]
  return parts.map(({ text }) => text).join('\n')
}
