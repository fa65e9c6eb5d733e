import { connect } from 'node:net'

// `node clients.ts PORT STREAMS`, with a whole HTTP request in BENCH_REQUEST, as base64: so many clients, each of which reads one
// stream after the other. They run until the standard input ends, and print a line of JSON for each line that they read there.

/** The figures of the clients since the last line. */
export interface Reading {
  readonly events: number
  /** Streams that came to their end. */
  readonly ended: number
  /** The longest time between two pieces of a stream, in milliseconds. */
  readonly longestGapMs: number
  /** Clients that have read their first event. */
  readonly open: number
}

const [port, streams] = process.argv.slice(2).map(Number) as [number, number]
const request = Buffer.from(process.env['BENCH_REQUEST'] ?? '', 'base64')
const event = Buffer.from('data: ')
const end = Buffer.from('0\r\n\r\n')
let read = { events: 0, ended: 0, longestGapMs: 0 }
let open = 0

function fail(reason: string): never {
  process.stderr.write(`a stream has failed: ${reason}\n`)
  process.exit(1)
}

function run(): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let begun = false
  let everBegun = false
  let last = 0
  const ask = () => {
    begun = false
    socket.write(request)
  }
  socket.on('connect', ask)
  socket.on('data', (bytes: Buffer) => {
    const now = performance.now()
    if (!begun) {
      if (!bytes.subarray(0, 12).equals(Buffer.from('HTTP/1.1 200'))) fail(bytes.toString('latin1', 0, 500))
      begun = true
      if (!everBegun) open++
      everBegun = true
    } else if (now - last > read.longestGapMs) read.longestGapMs = now - last
    last = now
    read.events += countOf(bytes)
    if (!bytes.subarray(-end.length).equals(end)) return
    read.ended++
    ask()
  })
  socket.on('error', error => fail(error.message))
  socket.on('close', () => fail('the connection was closed'))
}

function countOf(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(event); at !== -1; at = bytes.indexOf(event, at + event.length)) count++
  return count
}

/** All at once would be a test of the backlog. */
function start(left: number): void {
  for (let index = 0; index < Math.min(left, 50); index++) run()
  if (left > 50) setTimeout(() => start(left - 50), 10)
}

start(streams)
process.stdin.on('data', () => {
  process.stdout.write(`${JSON.stringify({ ...read, open } satisfies Reading)}\n`)
  read = { events: 0, ended: 0, longestGapMs: 0 }
})
process.stdin.on('end', () => process.exit(0))
