import t from 'tap'
import type { Test } from 'tap'
import { eventStream } from '../fake-messages.ts'
import { fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { answerViolations } from '../strict/index.ts'
import { serve } from './serve.ts'

const data = 'iVBORw0KGgo='
const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` }, index: 0 }
const link = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
const text = { type: 'text', text: 'Here:' }

const head = { id: 'c', created: 1_755_000_000, model: 'm' }

function whole(message: Json): Action {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }]
  return json({ ...head, object: 'chat.completion', choices })
}

function streamed(...deltas: readonly Json[]): Action {
  const event = (delta: Json, finish: string | null) => {
    const choices = [{ index: 0, delta, finish_reason: finish }]
    return `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices })}\n\n`
  }
  return eventStream(...deltas.map(delta => event(delta, null)), event({}, 'stop'), 'data: [DONE]\n\n')
}

async function ask(t: Test, script: Action, path: string, stream: boolean): Promise<string> {
  const provider = await fakeProvider(t, script)
  const entry = { name: 'p', base_url: provider.url, api_key: 'k' }
  const routing = { health_check: { enabled: false } }
  const url = await serve(t, JSON.stringify({ routing, providers: [entry] }))
  const prompt = path === 'responses' ? { input: 'Hi' } : { messages: [{ role: 'user', content: 'Hi' }] }
  const response = await fetch(`${url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', max_tokens: 99, stream, ...prompt }),
  })
  const answer = await response.text()
  t.equal(response.status, 200, answer)
  return answer
}

const ways: readonly (readonly [string, Action, boolean])[] = [
  ['a field of a message', whole({ content: 'Here:', images: [image] }), false],
  ['parts of a message', whole({ content: [text, image] }), false],
  ['a field of a delta', streamed({ content: 'Here:' }, { content: '', images: [image] }), true],
  ['parts of a delta', streamed({ content: 'Here:' }, { content: [image] }), true],
  ['a message that streams', whole({ content: [text, image] }), true],
]

for (const [name, script, stream] of ways) {
  t.test(`an image in ${name} is an item of a response`, async t => {
    const answer = await ask(t, script, 'responses', stream)
    if (stream) t.strictSame(answerViolations('responses', answer), [])
    const last = stream ? /"type":"response.completed","response":(\{.*\}),/.exec(answer)![1]! : answer
    const { output } = JSON.parse(last) as { output: readonly Json[] }
    t.match(output, [
      { type: 'message', content: [{ type: 'output_text', text: 'Here:' }] },
      { type: 'image_generation_call', status: 'completed', output_format: 'png', result: data },
    ])
    t.equal(output.length, 2)
    t.equal(answer.includes('"type":"response.image_generation_call.completed"'), stream)
  })

  t.test(`an image in ${name} is named in a message of Messages`, async t => {
    const answer = await ask(t, script, 'messages', stream)
    if (stream) t.strictSame(answerViolations('messages', answer), [])
    t.match(answer, /Here:/)
    t.match(answer, /\[an image \(image\/png\), which/)
    t.notMatch(answer, data)
  })

  t.test(`an image in ${name} reaches clients of chat`, async t => {
    const answer = await ask(t, script, 'chat/completions', stream)
    t.match(answer, data)
    if (stream) t.match(answer, /"images":\[/)
  })
}

t.test('an image that has an address becomes a link', async t => {
  for (const path of ['responses', 'messages']) {
    const answer = await ask(t, whole({ content: 'Here:', images: [link] }), path, false)
    t.ok(answer.includes('![image](https://example.com/a.png)'), answer)
  }
})

t.test('an address that Markdown would end early is escaped', async t => {
  const odd = { type: 'image_url', image_url: { url: 'https://example.com/a (1).png?q=<b>' } }
  for (const path of ['responses', 'messages']) {
    const answer = await ask(t, whole({ content: 'Here:', images: [odd] }), path, false)
    t.ok(answer.includes('![image](https://example.com/a%20%281%29.png?q=%3Cb%3E)'), answer)
  }
})

t.test('an image in a field and in the parts of a message is one', async t => {
  const answer = await ask(t, whole({ content: [text, image], images: [image] }), 'responses', false)
  t.equal(answer.split('"image_generation_call"').length, 2, answer)
})

t.test('data that is not in base64 is encoded', async t => {
  const svg = '<svg title="ä"></svg>'
  for (const url of [
    `data:image/svg+xml;utf8,${svg}`,
    `data:image/svg+xml,${encodeURIComponent(svg)}`,
    `data:image/svg+xml;charset=utf-8;base64,${encodeURIComponent(Buffer.from(svg).toString('base64'))}`,
  ]) {
    const images = [{ type: 'image_url', image_url: { url } }]
    const { output } = JSON.parse(await ask(t, whole({ content: '', images }), 'responses', false)) as Json
    t.match(output, [{ output_format: 'svg+xml', result: Buffer.from(svg).toString('base64') }])
  }
})

t.test('annotations behind an image belong to the text before it', async t => {
  const annotations = [{ type: 'url_citation', url_citation: { url: 'https://example.org', title: 'E' } }]
  const found = { url: 'https://example.org', title: 'E', start_index: 5, end_index: 5 }
  for (const [script, stream] of [
    [whole({ content: 'Here:', images: [image], annotations }), false],
    [streamed({ content: 'Here:' }, { images: [image] }, { annotations }), true],
  ] as const) {
    const answer = await ask(t, script, 'responses', stream)
    if (stream) t.strictSame(answerViolations('responses', answer), [])
    const last = stream ? /"type":"response.completed","response":(\{.*\}),/.exec(answer)![1]! : answer
    const { output } = JSON.parse(last) as { output: readonly Json[] }
    t.match(output, [{ content: [{ text: 'Here:', annotations: [found] }] }, {}])
    t.equal(answer.includes('response.output_text.annotation.added'), stream)
  }
})

t.test(
  'an image is told also if the answer breaks off behind it, and before a link that follows',
  async t => {
    const broken = eventStream(
      ...[{ content: 'Here:' }, { images: [image] }, { images: [link] }, { images: [image] }].map(
        delta =>
          `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`,
      ),
      'data: {"error":{"message":"The prompt is refused","type":"invalid_request_error","code":"content_policy_violation"}}\n\n',
    )
    const answer = await ask(t, broken, 'responses', true)
    const last = /"type":"response.failed","response":(\{.*\}),/.exec(answer)![1]!
    const { output } = JSON.parse(last) as { output: readonly Json[] }
    t.same(
      output.map(({ type }) => type),
      ['message', 'image_generation_call', 'message', 'image_generation_call'],
    )
  },
)

t.test('an image that a client sends back is told to a model', async t => {
  const provider = await fakeProvider(t)
  const entry = { name: 'p', base_url: provider.url, api_key: 'k' }
  const url = await serve(
    t,
    JSON.stringify({ routing: { health_check: { enabled: false } }, providers: [entry] }),
  )
  const made = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: data }
  const user = { role: 'user', content: 'Hi' }
  await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', input: [user, made, user] }),
  })
  t.same(provider.requests[0]!.body['messages'], [
    user,
    { role: 'assistant', content: '[Made an image]' },
    user,
  ])
})
