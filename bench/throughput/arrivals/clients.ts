import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Beats } from './metronome.ts'
import { AnswerReader } from './answer-reader.ts'
import { OpenTurns } from './open-turns.ts'

// `node clients.ts PORT RATE SECONDS CONNECTIONS`, with a whole HTTP request in BENCH_REQUEST, as base64: sends it RATE times a
// second, whether or not the server keeps up, and prints a line of JSON. A request waits for a free connection if none is left,
// and its time counts from the moment that it was due.

/** The times of all requests of one run, in milliseconds. */
export interface Arrived {
  /** All that were sent, those before the measurement included. */
  readonly sent: number
  /** Those that were measured. */
  readonly measured: number
  /** Answers a second from the first measured request to the last answer. */
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  /** How late requests were sent, as 99 % of them: the share of this program in their times. */
  readonly lateP99Ms: number
}

/** Requests of the first half second are not measured: this program is compiled meanwhile. */
const leadSeconds = 0.5
const patienceMs = 20_000
const [port, rate, seconds, connections] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
]
const request = Buffer.from(process.env['BENCH_REQUEST'] ?? '', 'base64')
const periodMs = 1000 / rate
const lead = Math.round(leadSeconds * rate)
const count = lead + Math.round(seconds * rate)
let startAt = 0
const turns = new OpenTurns<Socket>({ count, lead, dueAt, send: socket => socket.write(request) })

function fail(reason: string): never {
  process.stderr.write(`a request has failed: ${reason}\n`)
  process.exit(1)
}

/** The time of a request by its number. */
function dueAt(index: number): number {
  return startAt + index * periodMs
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

/** The answer of a connection is complete. */
function finish(socket: Socket): void {
  if (!turns.finish(socket, now())) fail('an answer came without a request')
  if (turns.left === 0) report()
}

function report(): never {
  const wallMs = now() - dueAt(lead)
  const times = turns.times.toSorted()
  const late = turns.late.toSorted()
  const result: Arrived = {
    sent: count,
    measured: times.length,
    perSecond: (times.length / wallMs) * 1000,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    p999Ms: quantile(times, 0.999),
    lateP99Ms: quantile(late, 0.99),
  }
  writeFileSync(1, `${JSON.stringify(result)}\n`)
  process.exit(0)
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
}

function open(): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const reader = new AnswerReader(fail)
  socket.on('connect', () => {
    if (turns.add(socket) === connections) begin()
    // All at once would be a test of the backlog.
    else open()
  })
  socket.on('data', (bytes: Buffer) => {
    if (reader.read(bytes)) finish(socket)
  })
  socket.on('error', error => fail(error.message))
  socket.on('close', () => fail('the connection was closed'))
}

function begin(): void {
  startAt = now() + 200
  const beats: Beats = { startAt, periodMs, count }
  new Worker(new URL('./metronome.ts', import.meta.url), { workerData: beats }).on('message', () =>
    turns.arrive(now()),
  )
  const lastAtMs = 200 + count * periodMs
  setTimeout(() => fail(`${turns.left} of ${count} have no answer`), lastAtMs + patienceMs)
}

/** Lets threads sleep as short as they ask for, where the kernel allows it: it rounds by 50 microseconds otherwise. */
function sleepExactly(): void {
  try {
    writeFileSync('/proc/self/timerslack_ns', '1')
  } catch {
    // The lateness of requests is part of the report.
  }
}

sleepExactly()
open()
