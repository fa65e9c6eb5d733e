import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { FakeProvider, flood, head, sequence } from '../fake-provider.ts'
import type { Exchange } from '../fake-provider.ts'
import { model } from '../chaos/request.ts'
import { Scene } from '../chaos/scene.ts'

export interface ReaderReport {
  /** Bytes that the server holds for each reader that does not read, on average. */
  readonly bytes: number
  readonly wrong: readonly string[]
}

/** Milliseconds without a byte from the provider after which the buffers on the way are full. */
const stillMs = 1_000

/**
 * Opens streams without end, reads nothing of them, and measures what the server holds once nothing moves. As many are open
 * before the first measurement, so that what the first streams of a process cost is not counted.
 */
export async function runSlowReaders(count: number): Promise<ReaderReport> {
  const exchanges: Exchange[] = []
  const fake = new FakeProvider(exchange => {
    exchanges.push(exchange)
    return endless
  })
  const members = new Map([['endless', { fake, entry: {} }]])
  const scene = await Scene.start(members, settings(2 * count), ['--expose-gc'])
  const { subject } = scene
  const sockets: Socket[] = []
  const heldByMore = async (): Promise<number> => {
    for (let number = 0; number < count; number += 1) sockets.push(await open(subject.port))
    await untilStill(exchanges, sockets.length)
    await subject.collect()
    return (await subject.collect()).held?.bytes ?? 0
  }
  try {
    await scene.rest()
    const before = await heldByMore()
    const bytes = (await heldByMore()) - before
    const lost = sockets.filter(socket => socket.destroyed).length
    for (const socket of sockets) socket.destroy()
    const wrong = lost > 0 ? [`${lost} clients that do not read lost their connection`] : []
    return { bytes: bytes / count, wrong: [...wrong, ...(await scene.leftOver())] }
  } finally {
    for (const socket of sockets) socket.destroy()
    await scene.stop()
  }
}

function settings(count: number): object {
  return {
    timeouts: { request: 600, idle: 600, total: 600 },
    queue: { max_concurrent: count },
    // Recovery remembers the text that was shown, up to 1 MiB, whether its client reads fast or slowly.
    routing: { stream_recovery: 'off', health_check: { enabled: false } },
  }
}

const choices = [{ index: 0, delta: { content: 'word '.repeat(400) }, finish_reason: null }]
const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model, choices }
const endless = sequence(
  head(200, { 'transfer-encoding': 'chunked', 'content-type': 'text/event-stream' }),
  flood(`data: ${JSON.stringify(chunk)}\n\n`),
)

/** A client that sends a request for a stream and never reads. */
async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] })
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  return socket
}

async function untilStill(exchanges: readonly Exchange[], wanted: number): Promise<void> {
  for (let before = -1; ;) {
    await sleep(stillMs)
    const sent = exchanges.reduce((sum, exchange) => sum + exchange.sent, 0)
    if (exchanges.length >= wanted && sent === before) return
    before = sent
  }
}
