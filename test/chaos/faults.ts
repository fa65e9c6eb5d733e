import { setTimeout as sleep } from 'node:timers/promises'
import { error, hold, raw, reset } from '../fake-provider.ts'
import { perform } from '../fake-provider/exchange.ts'
import type { Action, Exchange } from '../fake-provider/exchange.ts'
import type { Random } from '../fuzz/random.ts'

/** A right answer as bytes. */
export interface Frames {
  readonly isStream: boolean
  /** The events of a stream, or the pieces of a whole body. */
  readonly parts: readonly string[]
}

export type Play = (exchange: Exchange, frames: Frames, random: Random) => Promise<void>

/** Sends a right answer, at once or slowly. */
export const right: Play = async (exchange, frames) => await send(exchange, frames)
const slow: Play = async (exchange, frames, random) => {
  await sleep(random.integer(0, 20))
  await send(exchange, frames, { pause: () => sleep(random.integer(0, 3)) })
}

/** Ways in which a call can go, each with its share. The first two are right answers. */
export const plays: readonly (readonly [share: number, name: string, play: Play])[] = [
  [52, 'right', right],
  [10, 'slow', slow],
  [4, 'reset before the head', act(reset())],
  [2, 'close before the head', async exchange => exchange.close()],
  [2, 'reset within the head', partOfHead],
  [2, '429', act(error(429, undefined, { 'retry-after-ms': 20 }))],
  [3, '500', act(error(500))],
  [2, '502 in HTML', act(error(502, '<html>Bad gateway</html>'))],
  [2, '503', act(error(503, undefined, { 'retry-after-ms': 20 }))],
  [2, '529', act(error(529))],
  [2, 'broken JSON', brokenJson],
  [3, 'malformed event', malformed(1)],
  [2, 'malformed events', malformed(3)],
  [5, 'reset in the body', cutBy(exchange => exchange.reset())],
  [3, 'close in the body', cutBy(exchange => exchange.close())],
  [2, 'error in the body', cutBy(sendError)],
  [2, 'end of the body without its end', cutBy(() => {})],
  [1, 'silence before the head', act(hold())],
  [1, 'silence in the body', cutBy(silence)],
]

/** Ways to keep a client waiting that is about to leave. */
export const waits: typeof plays = [
  [3, 'silence before the head', act(hold())],
  [3, 'silence in the body', cutBy(silence)],
  [4, 'slow', slow],
]

/** The names of the plays after which no other provider has to be asked. */
export const rightPlays: ReadonlySet<string> = new Set(['right', 'slow'])

function act(action: Action): Play {
  return async exchange => await perform(action, exchange)
}

async function partOfHead(exchange: Exchange): Promise<void> {
  await perform(raw('HTTP/1.1 200 OK\r\ncontent-ty'), exchange)
  exchange.reset()
}

async function brokenJson(exchange: Exchange, { isStream, parts }: Frames): Promise<void> {
  const text = parts.join('')
  const broken = isStream ? [`data: ${text.slice(0, 30).replaceAll(/\s/g, ' ')}\n\n`] : [text.slice(0, -20)]
  await send(exchange, { isStream, parts: broken })
}

/** Adds events that are not JSON; a whole body becomes no JSON. */
function malformed(count: number): Play {
  return async (exchange, frames, random) => {
    const at = random.integer(0, frames.parts.length)
    const junk = frames.isStream ? 'data: {"id": "x", "choices": [{\n\n' : '\0'
    await send(exchange, { ...frames, parts: frames.parts.toSpliced(at, 0, junk.repeat(count)) })
  }
}

/** Sends a part of the answer, which may end within an event, and then fails. */
function cutBy(fail: (exchange: Exchange) => void | Promise<void>): Play {
  return async (exchange, { isStream, parts }, random) => {
    const count = random.integer(0, parts.length - 1)
    const rest = parts[count]!.slice(0, random.chance(0.5) ? 0 : random.integer(0, 20))
    await send(exchange, { isStream, parts: [...parts.slice(0, count), rest] }, { isCut: true })
    await fail(exchange)
  }
}

async function sendError(exchange: Exchange): Promise<void> {
  await exchange.write('\n\ndata: {"error":{"message":"overloaded","type":"server_error","code":null}}\n\n')
}

async function silence(exchange: Exchange): Promise<void> {
  await perform(hold(), exchange)
}

interface Sending {
  /** Awaited before each part. */
  readonly pause?: () => Promise<void>
  /** Whether the length of the body is unknown, because it breaks off. */
  readonly isCut?: boolean
}

/** Sends the head of an answer and these parts. */
export async function send(
  exchange: Exchange,
  { isStream, parts }: Frames,
  { pause, isCut = false }: Sending = {},
): Promise<void> {
  const bytes = parts.map(part => Buffer.from(part, 'latin1'))
  const framing =
    isStream || isCut
      ? { 'transfer-encoding': 'chunked' }
      : { 'content-length': bytes.reduce((sum, { length }) => sum + length, 0) }
  await exchange.head(200, {
    'content-type': isStream ? 'text/event-stream' : 'application/json',
    ...framing,
  })
  for (const part of bytes) {
    await pause?.()
    await exchange.write(part)
  }
}
