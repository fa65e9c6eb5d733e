import Anthropic from '@anthropic-ai/sdk'
import { toFile } from 'openai'
import type { Action } from '../fake-provider.ts'
import { error, head, json, sequence, write } from '../fake-provider.ts'
import { clientTest, errorOf } from './serve.ts'

const model = 'whisper-1'
/** Bytes that are not valid text. */
const sound = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256))

function binary(bytes: Uint8Array, type: string, headers: Readonly<Record<string, string>> = {}): Action {
  return sequence(
    head(200, { 'content-type': type, 'content-length': bytes.length, ...headers }),
    write(bytes),
  )
}

/** The metrics with this count: a client has all bytes of an answer before the server knows that no more will come. */
async function metricsWith(baseURL: string, count: RegExp): Promise<string> {
  for (;;) {
    const metrics = await (await fetch(`${baseURL.replace(/\/v1$/, '')}/metrics`)).text()
    if (count.test(metrics)) return metrics
  }
}

clientTest('moderations are passed on, and come back in the bytes of the service', async (t, start) => {
  const text = '{ "id": "modr-1", "results": [{"flagged": false}], "unknown": 1e-7 }'
  const { openai, baseURL, provider } = await start([json(text)])
  t.match(await openai.moderations.create({ input: 'x' }), { id: 'modr-1', results: [{ flagged: false }] })
  t.match(provider.requests[0], { method: 'POST', path: '/v1/moderations', body: { input: 'x' } })
  for (const url of [`${baseURL}/moderations?a=b`, `${baseURL.replace(/\/v1$/, '')}/moderations?a=b`]) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input": "x" }',
    })
    t.equal(await response.text(), text)
    t.equal(provider.requests.at(-1)!.path, '/v1/moderations?a=b')
    t.equal(provider.requests.at(-1)!.text, '{"input": "x" }')
  }
})

clientTest(
  'an image is made by the first provider that can, under its own name of the model',
  async (t, start) => {
    const made = json({ created: 1, data: [{ b64_json: 'AA==' }] })
    const { openai, providers, baseURL } = await start([error(500), made])
    const { data, response } = await openai.images
      .generate({ model: 'gpt-image-1', prompt: 'a cat' })
      .withResponse()
    t.match(data, { data: [{ b64_json: 'AA==' }] })
    t.equal(response.headers.get('x-hulumanage-provider'), 'provider-1')
    t.equal(response.headers.get('x-hulumanage-attempts'), '2')
    t.same(
      providers.map(({ requests }) => requests.length),
      [1, 1],
    )
    const metrics = await metricsWith(baseURL, /requests_total\{route="\/v1\/images\/\*",status="200"\} 1/)
    t.match(metrics, /attempts_total\{provider="provider-1",model="gpt-image-1",outcome="ok"\} 1/)
  },
)

// https://openrouter.ai/docs/use-cases/usage-accounting
clientTest('a wish for usage reaches the service of an endpoint', async (t, start) => {
  const { baseURL, provider } = await start([json({ id: 'i' })])
  const body = JSON.stringify({ model: 'm', prompt: 'Hi', usage: { include: true }, hulumanage_trace: true })
  for (const sent of [body, body.replace(',"hulumanage_trace":true', '')]) {
    await fetch(`${baseURL}/images/generations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: sent,
    })
    t.same(provider.requests.at(-1)!.body, { model: 'm', prompt: 'Hi', usage: { include: true } })
  }
})

clientTest('speech comes back in its bytes and with its type', async (t, start) => {
  const { openai } = await start([binary(sound, 'audio/mpeg', { 'x-secret': 'no', 'set-cookie': 'no' })])
  const response = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'x' })
  t.equal(response.headers.get('content-type'), 'audio/mpeg')
  t.equal(response.headers.get('content-length'), '4096')
  t.equal(response.headers.get('x-secret'), null)
  t.equal(response.headers.get('set-cookie'), null)
  t.ok(sound.equals(Buffer.from(await response.arrayBuffer())))
})

clientTest('a recording reaches each provider whole, with its name of the model', async (t, start) => {
  const { openai, providers } = await start([error(503), json({ text: 'hello' })])
  const file = await toFile(sound, 'a.wav', { type: 'audio/wav' })
  t.match(await openai.audio.transcriptions.create({ file, model }), { text: 'hello' })
  for (const { requests } of providers) {
    const [request] = requests
    t.equal(request!.path, '/v1/audio/transcriptions')
    t.match(request!.headers['content-type'], /^multipart\/form-data; boundary=/)
    t.ok(request!.bytes.includes(sound))
    t.match(request!.text, /name="model"\r\n\r\nwhisper-1\r\n/)
  }
})

clientTest('files are found at whichever provider has them', async (t, start) => {
  const file = { id: 'file-1', object: 'file', filename: 'a.jsonl', purpose: 'batch' }
  const none = error(404, 'No such File object: file-1')
  const { openai, providers } = await start([
    none,
    [json(file), binary(sound, 'application/octet-stream'), json({ id: 'file-1', deleted: true })],
  ])
  t.match(await openai.files.retrieve('file-1'), file)
  const content = await openai.files.content('file-1')
  t.ok(sound.equals(Buffer.from(await content.arrayBuffer())))
  t.match(await openai.files.delete('file-1'), { deleted: true })
  t.same(
    providers[1]!.requests.map(({ method, path }) => `${method} ${path}`),
    ['GET /v1/files/file-1', 'GET /v1/files/file-1/content', 'DELETE /v1/files/file-1'],
  )
  t.same(providers[0]!.requests.length, 3)
})

clientTest('a file goes to the first provider, or to the one that the client names', async (t, start) => {
  const { openai, providers } = await start([json({ id: 'file-0' }), json({ id: 'file-1' })])
  const file = await toFile(Buffer.from('{}'), 'a.jsonl')
  for (let round = 0; round < 3; round++)
    t.match(await openai.files.create({ file, purpose: 'batch' }), { id: 'file-0' })
  const headers = { 'x-hulumanage-provider': 'provider-1' }
  t.match(await openai.files.create({ file, purpose: 'batch' }, { headers }), { id: 'file-1' })
  t.same(
    providers.map(({ requests }) => requests.length),
    [3, 1],
  )
  const thrown = await errorOf(openai.files.list({}, { headers: { 'x-hulumanage-provider': 'nobody' } }))
  t.match(thrown, {
    status: 404,
    code: 'unknown_url',
    message: /"nobody", which x-hulumanage-provider names, offers GET \/files; name another/,
  })
})

clientTest('an error of an endpoint comes in the words of the service', async (t, start) => {
  const { openai } = await start([error(400, 'Invalid size')])
  const thrown = await errorOf(openai.images.generate({ model: 'dall-e-3', prompt: 'x' }))
  t.match(thrown, { status: 400, error: { message: 'Invalid size' } })
})

clientTest(
  'a service without an endpoint, or whose key may not use it, keeps its chats',
  async (t, start) => {
    for (const status of [404, 405, 401, 403, 501]) {
      const refuses: Action = ({ request }) =>
        request.path.endsWith('/rerank') ? error(status) : json(chatAnswer)
      const { openai, baseURL } = await start([refuses])
      for (let round = 0; round < 4; round++) {
        const response = await fetch(`${baseURL}/rerank`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'm', query: 'q', documents: ['d'] }),
        })
        t.equal(response.ok, false)
        await response.text()
      }
      const chat = await openai.chat.completions.create({
        model: 'm',
        messages: [{ role: 'user', content: 'x' }],
      })
      t.equal(chat.choices[0]!.message.content, 'fine')
    }
  },
)

const answer204 = head(204)

const chatAnswer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

clientTest('tokens that an answer tells are counted', async (t, start) => {
  const answers = [
    json({ data: [], usage: { input_tokens: 10, output_tokens: 20, total_tokens: 30 } }),
    json({ results: [], usage: { total_tokens: 5 } }),
    json({ usage: 'none' }),
    json('{"usage":'),
    json({ data: 'x'.repeat(2 * 1024 * 1024), usage: { input_tokens: 1000, output_tokens: 1 } }),
  ]
  const { baseURL } = await start([answers])
  for (const _answer of answers) {
    const response = await fetch(`${baseURL}/rerank`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"m"}',
    })
    t.equal(response.status, 200)
    await response.text()
  }
  const metrics = await metricsWith(baseURL, /requests_total\{route="\/v1\/rerank",status="200"\} 5/)
  t.match(metrics, 'hulumanage_tokens_total{kind="prompt"} 15')
  t.match(metrics, 'hulumanage_tokens_total{kind="completion"} 20')
})

clientTest(
  "Anthropic's clients get errors in their own form, and answers without a body",
  async (t, start) => {
    const { baseURL } = await start([answer204], {
      providers: [{ name: 'only', type: 'simulated' }],
    })
    const claude = new Anthropic({
      baseURL: baseURL.replace(/\/v1$/, ''),
      apiKey: 'sk-client',
      maxRetries: 0,
    })
    t.match(await errorOf(claude.beta.files.retrieveMetadata('file-1')), {
      status: 404,
      error: { type: 'error', error: { type: 'not_found_error', message: /No provider offers GET/ } },
    })
  },
)

clientTest('an answer without a body is passed on', async (t, start) => {
  const { baseURL } = await start([answer204])
  const response = await fetch(`${baseURL}/files/file-1`, { method: 'DELETE' })
  t.equal(response.status, 204)
  t.equal(await response.text(), '')
})
