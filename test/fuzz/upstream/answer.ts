import type { Answer } from '../exchange.ts'
import { choosePackets, mutateBytes } from '../mutate/bytes.ts'
import { mutateEvents } from '../mutate/events.ts'
import { framesOf } from '../mutate/frames.ts'
import { mutateTree } from '../mutate/tree.ts'
import { jsonText } from '../mutate/values.ts'
import type { Random } from '../random.ts'
import { errorAnswer } from './errors.ts'
import { chooseSaying } from './saying.ts'
import { templateFor } from './template.ts'

/** The parts of a request that decide a provider's answer. */
export interface Asked {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** A valid answer. */
export function rightAnswer(random: Random, { path, body }: Asked): Answer {
  const { whole, events } = templateFor(path, chooseSaying(random, body))
  return body['stream'] === true
    ? streamOf(framesOf(random, events), [])
    : wholeOf(latin1(JSON.stringify(whole)), [])
}

/** An answer that is invalid, or valid in a rare way. */
export function mutatedAnswer(random: Random, asked: Asked): Answer {
  if (random.chance(0.06)) return errorAnswer(random)
  const template = templateFor(asked.path, chooseSaying(random, asked.body))
  const asksStream = asked.body['stream'] === true
  // Some services stream unasked, and some never stream.
  const isStream = template.events.length > 0 && (random.chance(0.08) ? !asksStream : asksStream)
  const changes = random.weighted([
    [6, 1],
    [2, 2],
    [1, 4],
  ])
  const isOfBytes = random.chance(0.3)
  const packets = choosePackets(random)
  let answer: Answer
  if (isStream) {
    let events = [...template.events]
    for (let n = isOfBytes ? 1 : 0; n < changes; n += 1) events = mutateEvents(random, events)
    answer = streamOf(framesOf(random, events), packets)
  } else {
    let whole: unknown = template.whole
    for (let n = isOfBytes ? 1 : 0; n < changes; n += 1) whole = mutateTree(random, whole)
    answer = wholeOf(latin1(jsonText(whole)), packets)
  }
  return isOfBytes ? mutateBytes(random, answer) : answer
}

function streamOf(pieces: readonly string[], packets: readonly number[]): Answer {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n'
  return { head, pieces, packets, framing: 'chunked', end: 'keep' }
}

function wholeOf(text: string, packets: readonly number[]): Answer {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
  return { head, pieces: [text], packets, framing: 'length', end: 'keep' }
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
