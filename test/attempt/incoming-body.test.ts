import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import type { Test } from 'tap'
import { IncomingBody } from '../../src/attempt/incoming-body.ts'
import { providerSchema } from '../../src/config/schema.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'
import { ask, callOf } from '../call.ts'

const timeouts = { requestMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000 }
const words = 'word '.repeat(400)
const frame = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: words }, finish_reason: null }] })}\n\n`
const encoders = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync, deflate: deflateSync }

/** The body of a streamed answer, and whether its transport may send. */
function bodyIn(t: Test, coding: string) {
  const config = providerSchema.parse({ name: 'fake', base_url: 'http://localhost', api_key: 'sk-test' })
  const provider = new Provider(config, openaiKind, 1_000)
  t.teardown(() => provider.dispatcher.destroy())
  const transport = {
    isPaused: false,
    pause: () => void (transport.isPaused = true),
    resume: () => void (transport.isPaused = false),
  }
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const request = ask('hi', { stream: true })
  const body: IncomingBody = new IncomingBody(
    {
      provider,
      request,
      call: callOf(),
      timeouts,
      maxResponseBytes: 10_000_000,
      reason: 'test',
    },
    {
      status: 200,
      headers: { 'content-encoding': coding },
      transport,
      way: provider.wayOf(request, undefined),
    },
    {
      pause: () => body.pause(),
      resume: () => body.resume(),
      contentSeen: () => begun.resolve(),
      bodyEnded: () => ended.resolve(),
      doneSeen: () => {},
      eventSeen: () => {},
      cancel: () => {},
      bodyTooLarge: () => t.fail('too large'),
      broke: error => t.error(error),
    },
  )
  body.beginDecoding()
  t.teardown(() => body.close())
  return { body, transport, begun: begun.promise, ended: ended.promise }
}

for (const [coding, encode] of Object.entries(encoders))
  t.test(`a body in ${coding} is decoded no further than its slow reader has got`, async t => {
    const count = 2_000
    const { body, begun, transport } = bodyIn(t, coding)
    body.add(encode(frame.repeat(count)))
    await begun
    const { progress, wire } = body.stream!
    let read = 0
    let ahead = 0
    for await (const frames of wire.body as AsyncIterable<string>) {
      for (let turns = 0; turns < 10; turns++) await nextTurn()
      read += (frames.match(/^data: /gm)?.length ?? 0) * words.length
      ahead = Math.max(ahead, progress.characters - read)
      if (read >= count * words.length) break
    }
    t.equal(read, count * words.length)
    t.ok(ahead < 100_000, `${ahead} characters were decoded ahead`)
    t.notOk(transport.isPaused)
  })

t.test('a transport that is faster than a decoder waits for it', async t => {
  const { body, transport, ended } = bodyIn(t, 'gzip')
  const bytes = gzipSync(randomBytes(4_000_000).toString('base64'), { level: 1 })
  let turns = 0
  for (let at = 0; at < bytes.length; at += 65_536) {
    body.add(bytes.subarray(at, at + 65_536))
    for (; transport.isPaused; turns++) await nextTurn()
  }
  body.end()
  await ended
  t.ok(turns > 0)
})
