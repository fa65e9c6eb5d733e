import t from 'tap'
import { world } from './world.ts'

const text = { type: 'text', text: 'Tell me of it.' }
const later = [
  { role: 'assistant', content: 'Yes.' },
  { role: 'user', content: 'And?' },
]

/** A request of a client of Messages whose user shows a block, now or in an earlier turn. */
function asked(block: object, isEarlier: boolean, model = 'm'): object {
  return {
    model,
    max_tokens: 9,
    messages: [{ role: 'user', content: [text, block] }, ...(isEarlier ? later : [])],
  }
}

t.test('a recording without data is refused if it is asked for now, and a history tells of it', async t => {
  const { provider, post } = await world(t, 'openai')
  const blocks = [
    [{ type: 'audio', source: { type: 'file', file_id: 'f1' } }, '[audio that this model cannot read]'],
    [{ type: 'input_audio', file_id: 'f1' }, '[audio that this model cannot read]'],
    [
      { type: 'file', file: { file_id: 'f1', mime_type: 'audio/wav' } },
      '[audio that this model cannot read]',
    ],
    [{ type: 'video', source: { type: 'file', file_id: 'f1' } }, '[a video that this model cannot read]'],
  ] as const
  for (const [block, note] of blocks) {
    const about = JSON.stringify(block)
    const now = await post('/v1/messages', asked(block, false))
    t.equal(now.status, 400, about)
    t.match(now.text, 'without data or an address that can be read', about)
    const earlier = await post('/v1/messages', asked(block, true))
    t.equal(earlier.status, 200, earlier.text)
    const { messages } = provider.requests.at(-1)!.body as { readonly messages: readonly object[] }
    t.match(messages[0], { content: [text, { type: 'text', text: note }] }, about)
  }
  t.same(provider.refused, [])
})

t.test('a video of a client of Messages has the form of a chat', async t => {
  const { provider, post } = await world(t, 'openai')
  const videos: readonly (readonly [object, object])[] = [
    [
      { type: 'video', source: { type: 'url', url: 'https://example.org/a.mp4' } },
      { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } },
    ],
    [
      { type: 'video', source: { type: 'base64', media_type: 'video/mp4', data: 'AAAA' } },
      { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } },
    ],
    [
      { type: 'document', source: { type: 'base64', media_type: 'video/mp4', data: 'AAAA' } },
      { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } },
    ],
    ...[
      { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } },
      { type: 'video', video: ['https://example.org/1.png'] },
    ].map(form => [form, form] as const),
  ]
  for (const [video, form] of videos) {
    await post('/v1/messages', asked(video, false))
    t.match(provider.requests.at(-1)!.body['messages'], [{ content: [text, form] }])
  }
})

t.test('a document that is a video is one in a chat, by its data or its address', async t => {
  const { provider, post } = await world(t, 'openai')
  const mp4 = 'data:video/mp4;base64,AAAA'
  const address = 'https://example.org/a.mp4'
  const base64 = { type: 'base64', media_type: 'video/mp4', data: 'AAAA' }
  const videos: readonly (readonly [object, string])[] = [
    [{ type: 'document', source: base64, title: 'a.mp4' }, mp4],
    [{ type: 'document', source: { type: 'url', url: address, media_type: 'video/mp4' } }, address],
    [{ type: 'file', file: { filename: 'a.mp4', file_data: mp4 } }, mp4],
    [{ type: 'resource', resource: { uri: 'file:///a.mp4', mimeType: 'video/mp4', blob: 'AAAA' } }, mp4],
  ]
  for (const [video, url] of videos) {
    await post('/v1/messages', asked(video, false))
    const form = { type: 'video_url', video_url: { url } }
    t.match(provider.requests.at(-1)!.body['messages'], [{ content: [text, form] }])
  }
  const part = { type: 'input_file', filename: 'a.mp4', file_data: mp4 }
  await post('/v1/responses', { model: 'm', input: [{ role: 'user', content: [part] }] })
  t.match(provider.requests.at(-1)!.body['messages'], [{ content: [{ video_url: { url: mp4 } }] }])
})

t.test('Claude is told of a recording without data in a history, relayed or translated', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const blocks = [
    { type: 'audio', source: { type: 'file', file_id: 'f1' } },
    { type: 'document', source: { type: 'file', file_id: 'f1', media_type: 'audio/wav' } },
    { type: 'video', source: { type: 'file', file_id: 'f1' } },
  ]
  for (const block of blocks)
    for (const model of ['m', 're2-m']) {
      const { status, text: answer } = await post('/v1/messages', asked(block, true, model))
      t.equal(status, 200, answer)
      t.match(provider.requests.at(-1)!.text, /\[(?:audio|a video) that this model cannot read\]/)
    }
  t.same(provider.refused, [])
})

t.test('Claude is told of a recording in the result of a tool, and refuses none', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const tools = [{ name: 'f', input_schema: { type: 'object' } }]
  const begun = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
  ]
  const recordings = [
    { type: 'document', source: { type: 'base64', media_type: 'audio/wav', data: 'AAAA' } },
    { type: 'document', source: { type: 'base64', media_type: 'video/mp4', data: 'AAAA' } },
    { type: 'video', source: { type: 'base64', media_type: 'video/mp4', data: 'AAAA' } },
  ]
  for (const recording of recordings)
    for (const model of ['m', 're2-m']) {
      const result = { type: 'tool_result', tool_use_id: 't1', content: [text, recording] }
      const messages = [...begun, { role: 'user', content: [result] }]
      const { status, text: answer } = await post('/v1/messages', { model, max_tokens: 9, tools, messages })
      t.equal(status, 200, answer)
      const sent = provider.requests.at(-1)!.text
      t.match(sent, /\[(?:audio|a video) that this model cannot read\]/)
      t.notMatch(sent, 'AAAA')
    }
  t.same(provider.refused, [])
})

t.test('a document that is a video does not reach Claude', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const video = { type: 'document', source: { type: 'base64', media_type: 'video/mp4', data: 'AAAA' } }
  t.match(await post('/v1/messages', asked(video, false)), { status: 400, text: /is a video, which/ })
  t.match(await post('/v1/messages', asked(video, true)), { status: 200 })
  t.match(provider.requests[0]!.text, '[a video that this model cannot read]')
  t.same(provider.refused, [])
})

t.test('a document in plain text is one, whatever its words begin with', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  for (const words of ['data:audio/mp3;base64,AAAA is a sound', 'data:video/mp4;base64,AAAA is a video']) {
    const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: words } }
    for (const isEarlier of [false, true]) {
      t.match(await post('/v1/messages', asked(document, isEarlier)), { status: 200 })
      t.match(provider.requests.at(-1)!.text, words)
    }
  }
  t.same(provider.refused, [])
})

t.test('the note on a recording keeps its mark for the cache', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const source = { type: 'base64', media_type: 'audio/wav', data: 'AAAA' }
  const mark = { cache_control: { type: 'ephemeral' } }
  t.match(await post('/v1/messages', asked({ type: 'document', source, ...mark }, true)), { status: 200 })
  const { messages } = provider.requests[0]!.body as { readonly messages: readonly object[] }
  t.match(messages[0], { content: [text, { text: '[audio that this model cannot read]', ...mark }] })
})
