// A client that may use some models writes a form in which a service reads another model than this server.
import OpenAI, { toFile } from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import { fakeProvider, json } from '../../fake-provider.ts'
import { startHost } from '../host.ts'

const own = 'Content-Disposition: form-data; name="model"\r\n\r\nown\r\n'
const named = (lines: string) => `${lines}\r\n\r\nother\r\n`
const form = (...parts: readonly string[]) => `${parts.map(part => `--b\r\n${part}`).join('')}--b--\r\n`

async function start(t: Test, config: object = {}) {
  const provider = await fakeProvider(t, json({ text: 'heard' }))
  const server = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'one', base_url: provider.url, api_key: 'sk-provider' }],
    routing: { health_check: { enabled: false } },
    clients: [{ name: 'ann', key: 'ann-key', models: ['own'] }],
    ...config,
  })
  const post = async (body: string, type = 'multipart/form-data; boundary=b') => {
    const response = await fetch(`${server.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { authorization: 'Bearer ann-key', 'content-type': type },
      body,
    })
    await response.text()
    return response.status
  }
  return { provider, server, post }
}

const forms: Record<string, string> = {
  'an empty file name, which Go reads as none': form(
    named('Content-Disposition: form-data; name="model"; filename=""'),
    own,
  ),
  'a name in another case': form(named('Content-Disposition: form-data; name="Model"'), own),
  'a second name': form(named('Content-Disposition: form-data; name="model"; name="x"'), own),
  'a name with an escape': form(named('Content-Disposition: form-data; name="mo\\del"'), own),
  'a folded line': form(named('Content-Disposition: form-data\r\n ; name="model"'), own),
  'lines that end without a carriage return': form(
    'Content-Disposition: form-data; name="model"\n\nother\r\n',
    own,
  ),
  'a boundary without a carriage return before it': form(
    'Content-Disposition: form-data; name="x"\r\n\r\nx\n--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nother\r\n',
    own,
  ),
  'a head of many lines': form(
    named(`${'X-A: b\r\n'.repeat(1000)}Content-Disposition: form-data; name="model"`),
    own,
  ),
  'a part before the first': `Content-Disposition: form-data; name="model"\r\n\r\nother\r\n${form(own)}`,
}

const part = 'Content-Disposition: form-data; name="x"\r\n\r\n\r\n'
forms['thousands of parts'] = form(own, ...Array.from({ length: 1_001 }, () => part))

for (const [name, body] of Object.entries(forms))
  t.test(`a form with ${name} is refused`, async t => {
    const { provider, post } = await start(t)
    t.equal(await post(body), 400)
    t.equal(await post(body, 'multipart/form-data; boundary=b; boundary=c'), 400)
    t.same(provider.requests, [])
  })

t.test('a form that is not in memory as a whole is refused, since a model may be at its end', async t => {
  const { provider, post } = await start(t, { limits: { body_bytes: 2_000 } })
  const file = `Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n${'a'.repeat(400_000)}\r\n`
  t.equal(await post(form(own, file, named('Content-Disposition: form-data; name="model"'))), 413)
  t.same(provider.requests, [])
})

t.test('forms that clients write are passed on', async t => {
  const { provider, server, post } = await start(t)
  const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'ann-key', maxRetries: 0 })
  const file = await toFile(Buffer.from('--\r\n\r\n--b\n\xff'), 'a "ü" file.wav')
  t.match(await openai.audio.transcriptions.create({ model: 'own', file }), { text: 'heard' })
  const written = {
    curl: 'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nx\r\n',
    aiohttp:
      'Content-Type: audio/wav\r\nContent-Disposition: form-data; name="file"; filename="a.wav"; filename*=utf-8\'\'%C3%BC.wav\r\n\r\nx\r\n',
    OkHttp:
      'Content-Disposition: form-data; name="file"; filename="C:\\a.wav"\r\nContent-Type: audio/wav\r\nContent-Length: 1\r\n\r\nx\r\n',
  }
  for (const [client, part] of Object.entries(written)) t.equal(await post(form(part, own)), 200, client)
  t.equal(provider.requests.length, 4)
})
