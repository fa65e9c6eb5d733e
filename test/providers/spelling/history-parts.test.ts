import t from 'tap'
import { answer, fakeProvider } from '../../fake-provider.ts'
import { world } from './world.ts'

const user = { role: 'user', content: 'go' }

t.test(
  'audio, videos and files of another service in a history become a note, and are refused in what is said now',
  async t => {
    const parts = [
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'file', file: { file_data: 'data:application/json;base64,e30=', filename: 'a.json' } },
    ]
    const said = (content: unknown) => ({ role: 'user', content })
    const words = { type: 'text', text: 'What is this?' }
    const anthropic = await world(t, 'anthropic', { type: 'anthropic' })
    const responses = await world(t, 'openai', { api: 'responses' })
    for (const { post, provider } of [anthropic, responses]) {
      const ask = (messages: readonly object[]) =>
        post('/v1/chat/completions', { model: 'm', max_tokens: 9, messages })
      const { status, text } = await ask([
        said([words, ...parts]),
        { role: 'assistant', content: 'A song' },
        user,
      ])
      t.equal(status, 200, text)
      t.same(provider.refused, [])
      const sent = JSON.stringify(provider.requests[0]!.body)
      t.match(
        sent,
        /What is this\?.*\[audio that this model cannot read\].*\[a video that this model cannot read\]/,
      )
      const refused = await ask([user, { role: 'assistant', content: 'Yes?' }, said([words, parts[0]])])
      t.match(refused, { status: 400, text: /is audio/ })
    }
    t.match(
      JSON.stringify(anthropic.provider.requests[0]!.body),
      /(?:\[a file that this model cannot read\].*){2}/,
    )
    t.match(JSON.stringify(responses.provider.requests[0]!.body), /file-1/)
  },
)

t.test(
  'a sound that Anthropic has no block for is heard by the next provider, under an approach as well',
  async t => {
    const hears = await fakeProvider(t, answer('A song'))
    const next = { name: 'next', base_url: hears.url, api_key: 'k', priority: 2 }
    const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' }, undefined, [next])
    const sound = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }
    const film = { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } }
    const content = [{ type: 'text', text: 'What is this?' }, sound, film]
    for (const model of ['m', 're2-m']) {
      const messages = [{ role: 'user', content }]
      const { status, text } = await post('/v1/messages', { model, max_tokens: 9, messages })
      t.equal(status, 200, text)
      t.match(text, 'A song')
      t.match(JSON.stringify(hears.requests.at(-1)!.body), /"input_audio".*"video_url"/)
    }
    t.equal(provider.requests.length, 0)
    const counted = await post('/v1/messages/count_tokens', {
      model: 'm',
      messages: [{ role: 'user', content }],
    })
    t.match(counted, { status: 200, text: /input_tokens/ })
  },
)

t.test('a turn of Messages with a video stays as it is, but for a note to Claude', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const source = { type: 'text', media_type: 'text/plain', data: 'one' }
  const document = { type: 'document', source, title: 'One', citations: { enabled: true } }
  const film = { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } }
  const content = [document, film]
  const later = [{ role: 'assistant', content: 'Yes.' }, user]
  for (const [model, told] of [
    ['re2-claude-sonnet-4-5', { type: 'text', text: '[a video that this model cannot read]' }],
    ['re2-kimi-k2', film],
  ] as const) {
    const messages = [{ role: 'user', content }, ...later]
    const { status, text } = await post('/v1/messages', { model, max_tokens: 9, messages })
    if (told !== film) t.equal(status, 200, text)
    t.match(provider.requests.at(-1)!.body, { messages: [{ content: [document, told] }] }, model)
  }
})

t.test('a call in a history of Messages may lack its input', async t => {
  for (const input of [{}, { input: null }]) {
    const { provider, post } = await world(t, 'openai')
    const messages = [
      user,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'shell', ...input }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' }] },
    ]
    const { status, text } = await post('/v1/messages', { model: 'm', max_tokens: 9, messages })
    t.equal(status, 200, text)
    t.match(provider.requests[0]!.body['messages'], [
      {},
      { tool_calls: [{ function: { name: 'shell', arguments: '{}' } }] },
      {},
    ])
  }
})
