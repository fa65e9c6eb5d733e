import { createServer } from 'node:net'
import type { Socket } from 'node:net'

// `node upstream.ts PORT EVENTS GAP_MS`: an upstream whose streams have one event at once and the others GAP_MS apart, written
// to bare sockets: it must cost less than the servers that are measured.

const [port, events, gapMs] = process.argv.slice(2).map(Number) as [number, number, number]
const choice = (rest: string) =>
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,${rest}}]}\n\n`
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
const first = Buffer.from(head + chunk(choice('"delta":{"role":"assistant","content":"token "}')))
const next = Buffer.from(chunk(choice('"delta":{"content":"token "}')))
const last = Buffer.from(
  `${chunk(choice('"delta":{},"finish_reason":"stop"'))}${chunk('data: [DONE]\n\n')}0\r\n\r\n`,
)

const models =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 27\r\n\r\n{"object":"list","data":[]}'

/** Streams to a connection, whose requests come one after the other. */
function serve(socket: Socket): void {
  let received = ''
  let timer: NodeJS.Timeout | undefined
  socket.setNoDelay(true)
  socket.on('data', bytes => {
    received += bytes.toString('latin1')
    if (!isComplete(received)) return
    const asksForModels = received.startsWith('GET')
    received = ''
    if (asksForModels) return socket.write(models)
    let left = events - 2
    socket.write(first)
    timer = setInterval(() => {
      if (left-- > 0) return socket.write(next)
      clearInterval(timer)
      return socket.write(last)
    }, gapMs)
    return undefined
  })
  socket.on('close', () => clearInterval(timer))
  socket.on('error', () => socket.destroy())
}

/** Whether a request has arrived with its body. */
function isComplete(received: string): boolean {
  const end = received.indexOf('\r\n\r\n')
  if (/^transfer-encoding: *chunked/im.test(received)) return received.endsWith('\r\n0\r\n\r\n')
  const length = /^content-length: *(\d+)/im.exec(received)?.[1] ?? 0
  return end !== -1 && received.length >= end + 4 + Number(length)
}

createServer(serve).listen({ port, host: '127.0.0.1', backlog: 4096 })
