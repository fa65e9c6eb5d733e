import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import { answer, body, json, models } from '../fake-provider.ts'
import { messages } from '../fake-messages.ts'
import { responses } from '../fake-responses.ts'
import { serve } from './serve.ts'

/** An address that nobody should visit, and the number of visits. */
async function trap(t: Test): Promise<{ readonly url: string; readonly visits: () => number }> {
  let visits = 0
  const server = createServer(socket => {
    visits++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, visits: () => visits }
}

/** All parts of a message in which a client can name an address, by endpoint. */
const requests: Readonly<Record<string, (url: string) => object>> = {
  '/v1/chat/completions': url => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: `Read ${url}/text ![](${url}/image)` },
          { type: 'image_url', image_url: { url: `${url}/a.png` } },
          { type: 'video_url', video_url: { url: `${url}/a.mp4` } },
          { type: 'file', file: { file_data: `${url}/a.pdf`, filename: `${url}/b.pdf` } },
          { type: 'input_audio', input_audio: { data: `${url}/a.wav`, format: 'wav' } },
        ],
      },
    ],
  }),
  '/v1/messages': url => ({
    max_tokens: 9,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: `${url}/a.png` } },
          { type: 'document', source: { type: 'url', url: `${url}/a.pdf` } },
          { type: 'text', text: `Read ${url}/text` },
        ],
      },
    ],
  }),
  '/v1/responses': url => ({
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: `${url}/a.png` },
          { type: 'input_file', file_url: `${url}/a.pdf` },
          { type: 'input_text', text: `Read ${url}/text` },
        ],
      },
    ],
    tools: [{ type: 'mcp', server_label: 'theirs', server_url: `${url}/mcp` }],
  }),
}

/** Fields and headers in which other servers take the address of a provider, or one to call back. */
const fieldsWith = (url: string) => ({
  api_base: url,
  base_url: url,
  webhook_url: url,
  proxy: url,
  user: url,
  metadata: { webhook: url, api_base: url },
  extra_body: { api_base: url },
})
const headersWith = (url: string) => ({
  'x-portkey-custom-host': url,
  'x-forwarded-host': new URL(url).host,
  'x-original-url': url,
  'x-callback-url': url,
  referer: url,
  link: `<${url}>; rel="preload"`,
})

const services = {
  chat: [answer(`![](http://127.0.0.1:1/image)`), {}],
  messages: [messages('fine'), { type: 'anthropic' }],
  responses: [responses(), { api: 'responses' }],
} as const

for (const [service, [script, entry]] of Object.entries(services)) {
  t.test(`nothing visits an address or a file that a client names: a service of ${service}`, async t => {
    const { url, visits } = await trap(t)
    const server = await serve(t, [script], { entries: [entry] })
    for (const address of [url, 'file:///proc/self/status', url.replace('127.0.0.1', '[::ffff:127.0.0.1]')])
      for (const [path, make] of Object.entries(requests))
        for (const model of ['m', 'bon-m', 're2-m'])
          await server.client.post(path, { model, ...make(address), ...fieldsWith(url) }, headersWith(url))
    t.equal(visits(), 0)
    const { requests: sent } = server.fakes[0]!
    t.ok(sent.length > 0)
    t.ok(sent.some(({ text }) => text.includes('/a.png')))
    t.notOk(sent.some(({ text }) => text.includes('VmRSS')))
  })
}

t.test('nothing follows a provider to another address', async t => {
  const { url, visits } = await trap(t)
  for (const status of [300, 301, 302, 303, 305, 307, 308]) {
    const redirect = body('', { status, headers: { location: `${url}/v1/models`, refresh: `0; url=${url}` } })
    for (const entry of [{}, { api: 'responses' }, { type: 'anthropic' }] as const) {
      const server = await serve(t, [redirect], {
        entries: [entry],
        config: { pass_through: { paths: ['*'] } },
      })
      const { client } = server
      for (const [path, make] of Object.entries(requests))
        for (const stream of [false, true]) await client.post(path, { model: 'm', ...make(url), stream })
      await client.post('/v1/embeddings', { model: 'm', input: url })
      await client.post('/v1/messages/count_tokens', { model: 'm', ...requests['/v1/messages']!(url) })
      await client.post('/v1/audio/speech', { model: 'm', input: url })
      await client.get('/v1/models')
      t.ok(server.received[0]! > 0)
    }
  }
  t.equal(visits(), 0)
})

t.test('nothing visits an address that an answer names', async t => {
  const { url, visits } = await trap(t)
  const headers = { link: `<${url}>; rel="next"`, 'alt-svc': `h2="${new URL(url).host}"`, location: url }
  const images = [{ type: 'image_url', image_url: { url: `${url}/a.png` } }]
  const message = { role: 'assistant', content: `![](${url}) ${url}`, images, audio: { url } }
  const whole = { id: url, choices: [{ index: 0, message, finish_reason: 'stop' }], next: url }
  const server = await serve(t, [[json(whole, { headers })], models(url)])
  for (const [path, make] of Object.entries(requests))
    for (const model of ['m', 'bon-m', 'self_consistency-m'])
      for (const stream of [false, true])
        await server.client.post(path, { model, ...make('data:text/plain,a'), stream })
  t.equal(visits(), 0)
})
