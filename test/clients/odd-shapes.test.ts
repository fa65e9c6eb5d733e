import t from 'tap'
import type { Test } from 'tap'
import { eventStream } from '../fake-messages.ts'
import { fakeProvider, json } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'
import { serve } from './serve.ts'

const head = { id: 'c', created: 1, model: 'm' }
const user = [{ role: 'user', content: 'Hi' }]
const bodies = {
  'chat/completions': { model: 'm', messages: user },
  messages: { model: 'm', max_tokens: 100, messages: user },
  responses: { model: 'm', input: 'Hi' },
}

const whole = (message: object, finish_reason = 'stop') =>
  json({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
  })

function streamed(delta: object, finish_reason = 'stop'): Script {
  const chunk = (one: object, finish: string | null) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta: one, finish_reason: finish }] })}\n\n`
  return eventStream(chunk(delta, null), chunk({}, finish_reason), 'data: [DONE]\n\n')
}

/** Asks a service that answers like this. Returns the answer of the client, and the body that the service received. */
async function ask(t: Test, path: keyof typeof bodies, script: Script, more: object = {}) {
  const provider = await fakeProvider(t, script)
  const entry = { name: 'p', base_url: provider.url, api_key: 'k' }
  const url = await serve(t, JSON.stringify({ approach: 'proxy', providers: [entry] }))
  const answer = await fetch(`${url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...bodies[path], ...more }),
  })
  const text = await answer.text()
  t.equal(answer.status, 200, text)
  return { text, sent: provider.requests[0]?.text ?? '' }
}

t.test('thinking among the parts of a content is thinking, and the rest is one text', async t => {
  const content = [
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
    { type: 'text', text: 'Hello' },
  ]
  const { text } = await ask(t, 'chat/completions', whole({ content }))
  t.match(JSON.parse(text), { choices: [{ message: { content: 'Hello', reasoning_content: 'Hm.' } }] })
  const message = await ask(t, 'messages', whole({ content }))
  t.match(JSON.parse(message.text), { content: [{ thinking: 'Hm.' }, { text: 'Hello' }] })
  for (const path of ['chat/completions', 'messages', 'responses'] as const) {
    const events = await ask(t, path, streamed({ content }), { stream: true })
    t.match(events.text, /"Hm\."/, path)
    t.match(events.text, /"Hello"/, path)
  }
})

t.test('arguments that are the text of a text are those of the object inside', async t => {
  const call = {
    index: 0,
    id: 'a',
    type: 'function',
    function: { name: 'f', arguments: JSON.stringify('{"a":1}') },
  }
  const tool_calls = [call]
  const chat = await ask(t, 'chat/completions', whole({ content: null, tool_calls }, 'tool_calls'))
  t.match(JSON.parse(chat.text), {
    choices: [{ message: { tool_calls: [{ function: { arguments: '{"a":1}' } }] } }],
  })
  const message = await ask(t, 'messages', whole({ content: null, tool_calls }, 'tool_calls'))
  t.match(JSON.parse(message.text), { content: [{ type: 'tool_use', input: { a: 1 } }] })
  const events = await ask(t, 'messages', streamed({ tool_calls }, 'tool_calls'), { stream: true })
  t.match(events.text, /"partial_json":"\{\\"a\\":1\}"/)
})

t.test('the address of an image may be nested as in a chat', async t => {
  const url = 'https://example.org/a.png'
  const content = [{ type: 'input_image', image_url: { url } }]
  const { sent } = await ask(t, 'responses', whole({ content: 'ok' }), { input: [{ role: 'user', content }] })
  t.match(JSON.parse(sent), {
    messages: [{ content: [{ type: 'image_url', image_url: { url } }] }],
  })
})
