import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Answer } from '../exchange.ts'
import type { Random } from '../random.ts'

type Change = (random: Random, answer: Answer) => Answer

const invalid = [
  '\xff',
  '\xc3\x28',
  '\xed\xa0\x80',
  '\xf0\x9f',
  '\u0000',
  '\xef\xbb\xbf',
  '\r',
  '\n\n',
  '\x1b[2J',
  'data: ',
]

/** Changes independent of the format: to bytes, packets, headers, and the end of the answer. */
const changes: readonly (readonly [number, Change])[] = [
  [4, (random, answer) => ({ ...cutOff(random, answer), end: random.pick(['fin', 'reset']) })],
  [1, cutOff],
  [2, (random, answer) => atPiece(random, answer, (piece, at) => flip(random, piece, at))],
  [2, (random, answer) => atPiece(random, answer, (piece, at) => insert(piece, at, random.pick(invalid)))],
  [1, (random, answer) => atPiece(random, answer, (piece, at) => piece.slice(0, at) + piece.slice(at + 1))],
  [2, (random, answer) => retyped(answer, random.pick(contentTypes))],
  [1, (_, answer) => ({ ...answer, head: answer.head.replace(/content-type:.*\r\n/, '') })],
  [1, (random, answer) => withHeader(answer, random.pick(strangeHeaders))],
  [1, (random, answer) => lying(random, answer)],
  [1, (_, answer) => withHeader(answer, 'content-encoding: gzip')],
  [1, compressed],
  [
    1,
    (random, answer) => ({
      ...answer,
      framing: random.pick(['close', 'none', 'chunked', 'length']),
      end: 'fin',
    }),
  ],
  [1, (_, answer) => ({ ...answer, pieces: [], end: 'fin' })],
]

export function mutateBytes(random: Random, answer: Answer): Answer {
  return random.weighted(changes)(random, answer)
}

/** Packets of any size; the bytes stay the same. */
export function choosePackets(random: Random): number[] {
  if (random.chance(0.7)) return []
  return Array.from({ length: random.integer(1, 4) }, () => random.pick([1, 2, 3, 7, 20, 100, 1000, 9000]))
}

const contentTypes = [
  'application/json',
  'text/event-stream',
  'text/plain',
  'text/html',
  '',
  'x',
  'application/json; charset=utf-16',
]

const strangeHeaders = [
  'retry-after: 1e309',
  'x-ratelimit-remaining-requests: \xe2\x82\xac5',
  'openai-processing-ms: \xff',
  'set-cookie: a=b',
  'content-length: 5',
  'transfer-encoding: gzip',
  'x-request-id: upstream',
  'x-hulumanage-cache: hit',
  'connection: upgrade',
  `x-long: ${'x'.repeat(20_000)}`,
  'no header at all',
]

function cutOff(random: Random, answer: Answer): Answer {
  const at = random.integer(0, Math.max(0, answer.pieces.length - 1))
  const piece = answer.pieces[at] ?? ''
  const rest = random.chance(0.5) ? [] : [piece.slice(0, random.integer(0, piece.length))]
  return { ...answer, pieces: [...answer.pieces.slice(0, at), ...rest] }
}

function atPiece(random: Random, answer: Answer, change: (piece: string, at: number) => string): Answer {
  const { pieces } = answer
  if (pieces.length === 0) return answer
  const index = random.integer(0, pieces.length - 1)
  const piece = pieces[index]!
  return { ...answer, pieces: pieces.with(index, change(piece, random.integer(0, piece.length))) }
}

function flip(random: Random, piece: string, at: number): string {
  const flipped = piece.charCodeAt(at) ^ (1 << random.integer(0, 7))
  return Number.isNaN(flipped)
    ? piece
    : insert(piece.slice(0, at) + piece.slice(at + 1), at, String.fromCharCode(flipped & 255))
}

function insert(piece: string, at: number, bytes: string): string {
  return piece.slice(0, at) + Buffer.from(bytes, 'latin1').toString('latin1') + piece.slice(at)
}

function retyped(answer: Answer, type: string): Answer {
  return { ...answer, head: answer.head.replace(/content-type:.*\r\n/, `content-type: ${type}\r\n`) }
}

function withHeader(answer: Answer, line: string): Answer {
  return { ...answer, head: `${answer.head}${line}\r\n` }
}

function lying(random: Random, answer: Answer): Answer {
  const length = answer.pieces.join('').length + random.pick([-20, -1, 1, 50])
  return withHeader({ ...answer, framing: 'none', end: 'fin' }, `content-length: ${length}`)
}

function compressed(random: Random, answer: Answer): Answer {
  const compress = random.chance(0.7) ? gzipSync : brotliCompressSync
  const bytes = compress(Buffer.from(answer.pieces.join(''), 'latin1')).toString('latin1')
  const name = compress === gzipSync ? 'gzip' : 'br'
  const cut = random.chance(0.3) ? random.integer(0, bytes.length) : bytes.length
  return withHeader({ ...answer, pieces: [bytes.slice(0, cut)] }, `content-encoding: ${name}`)
}
