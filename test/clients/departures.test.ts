import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import t from 'tap'
import { answer, fakeProvider, head, hold, sequence, write } from '../fake-provider.ts'
import { serve, stuck } from './serve.ts'

/** The moments at which a client leaves. */
const moments = [
  'connected',
  'within the head',
  'within the body',
  'waiting',
  'within the answer',
  'answered',
] as const

const chunk = {
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello' }, finish_reason: null }],
}

/** Answers some requests, begins to answer others, and leaves the rest waiting. */
const provider = ({ request }: { request: { body: Readonly<Record<string, unknown>> } }) => {
  if (request.body['model'] === 'answered') return answer('fine')
  if (request.body['model'] !== 'within the answer') return hold()
  const headers = { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }
  return sequence(head(200, headers), write(`data: ${JSON.stringify(chunk)}\n\n`), hold())
}

const ways: readonly ((socket: Socket) => void)[] = [
  socket => socket.destroy(),
  socket => socket.resetAndDestroy(),
]

t.test('a client that leaves keeps no slot, at whatever moment it does', async t => {
  const fake = await fakeProvider(t, provider)
  const config = {
    providers: [{ name: 'p', base_url: fake.url, api_key: 'k', max_concurrent: 1 }],
    queue: { max_concurrent: 1 },
    approach: 'proxy',
    routing: { health_check: { enabled: false }, stream_recovery: 'off' },
  }
  const url = await serve(t, JSON.stringify(config))
  for (const path of ['/v1/chat/completions', '/v1/messages']) {
    for (const moment of moments) {
      for (const leave of ways) {
        const socket = connect(Number(new URL(url).port), '127.0.0.1')
        socket.on('error', () => {})
        await once(socket, 'connect')
        // Unlike `once`, this does not reject if the server resets the connection.
        const closed = new Promise(resolve => socket.once('close', resolve))
        const body = bodyOf(moment)
        const start = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`
        const request = `${start}content-length: ${body.length}\r\n\r\n${body}`
        if (moment === 'within the head') socket.write(start)
        else if (moment === 'within the body') socket.write(request.slice(0, -5))
        else if (moment !== 'connected') socket.write(request)
        if (moment === 'waiting') await fake.waitFor(fake.requests.length + 1)
        if (moment === 'within the answer' || moment === 'answered') await textOf(socket, /Hello|fine/)
        leave(socket)
        await closed
        // There is one slot: whoever kept it would keep this request waiting.
        const response = await fetch(`${url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: bodyOf('answered'),
        })
        t.match(await response.text(), /fine/, `${moment} at ${path}`)
      }
    }
  }
  t.same(await stuck(url), [])
  const metrics = await (await fetch(`${url}/metrics`)).text()
  t.match(metrics, /^hulumanage_queue_waiting 0$/m)
  t.match(metrics, /^hulumanage_provider_active\{provider="p"\} 0$/m)
})

function bodyOf(model: string): string {
  const messages = [{ role: 'user', content: 'Hi' }]
  return JSON.stringify({ model, max_tokens: 9, stream: model === 'within the answer', messages })
}

/** Resolves once a part of the answer has arrived. */
async function textOf(socket: Socket, part: RegExp): Promise<void> {
  let text = ''
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) {
    text += String(bytes)
    if (part.test(text)) return
  }
  throw new Error(`the answer ended without ${String(part)}: ${text}`)
}
