import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import { NativeEvents } from '../../../src/attempt/native-events.ts'
import { EventScanner } from '../../../src/attempt/stream/event-scanner.ts'
import type { ScannerOptions } from '../../../src/attempt/stream/event-scanner.ts'
import { hasContent } from '../../../src/chat/read/chunk.ts'
import type { Chunk } from '../../../src/contract/index.ts'
import { anthropicKind } from '../../../src/providers/anthropic/anthropic.ts'
import { responsesTranslation } from '../../../src/providers/responses/responses.ts'
import { callOf } from '../../call.ts'
import { eventsOf as messagesEvents } from '../../fake-messages.ts'
import { eventsOf as responsesEvents, responseOf } from '../../fake-responses.ts'

type Found = Chunk | 'done' | 'native'

/** The events that a scanner finds in packets, in order. */
function scan(packets: readonly Buffer[], options: Partial<ScannerOptions> = {}, passesText = true): Found[] {
  const found: Found[] = []
  const scanner: EventScanner = new EventScanner(
    {
      provider: 'fake',
      secrets: [],
      expected: { model: 'm', choices: 1 },
      isExact: false,
      log: callOf().request.log,
      meter: callOf().request.meter,
      maxLength: 1_000_000,
      ...options,
    },
    {
      progress: { hasCalls: false },
      onChunk: ({ chunk }) => {
        found.push(chunk)
        if (passesText && hasContent(chunk)) scanner.passText()
      },
      onText: ({ text }) => found.push(...scanner.chunksIn(text)),
      onNative: () => found.push('native'),
      onDone: () => found.push('done'),
    },
  )
  for (const packet of packets) scanner.scan(packet)
  scanner.end()
  return found
}

/** The bytes in two packets, cut at every position in turn, and in packets of one byte. */
function* cutsOf(bytes: Buffer): Generator<Buffer[]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('"usage":{', 'data: [DONE]', '\n\n', '\r', '"finish_reason":"stop"', '\uFEFF', ': ', '}'),
)
const choice = (delta: object, finish_reason: string | null = null) => ({ index: 0, delta, finish_reason })
const chunkOf = (fields: object) => ({
  id: 'a',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  ...fields,
})

const begin = chunkOf({ choices: [choice({ role: 'assistant', content: '' })] })
const chunk: fc.Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: text.map(content => chunkOf({ choices: [choice({ content })] })) },
  { weight: 1, arbitrary: text.map(content => chunkOf({ choices: [choice({ content })], usage: null })) },
  fc.constant(begin),
  fc.constant(chunkOf({ choices: [choice({}, 'stop')] })),
  fc.constant(chunkOf({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } })),
)

/** An event as a provider may frame it. */
interface Framing {
  readonly lineEnd: '\n' | '\r\n' | '\r'
  readonly prefix: 'data: ' | 'data:'
  /** Lines before the data. */
  readonly before: readonly string[]
  /** Whether the JSON takes several lines. */
  readonly printed: boolean
}

const usual: Framing = { lineEnd: '\n', prefix: 'data: ', before: [], printed: false }
const framing: fc.Arbitrary<Framing> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(usual) },
  {
    weight: 1,
    arbitrary: fc.record({
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      prefix: fc.constantFrom('data: ', 'data:'),
      before: fc.array(fc.constantFrom(': waiting', 'event: message', 'id: 7', 'retry: 10', ''), {
        maxLength: 2,
      }),
      printed: fc.boolean(),
    }),
  },
)

function frame(data: string, { lineEnd, prefix, before }: Framing): string {
  const lines = [...before, ...data.split('\n').map(line => prefix + line), '', '']
  return lines.join(lineEnd)
}

const stream = fc.record({
  events: fc.array(fc.tuple(chunk, framing), { minLength: 1, maxLength: 3 }),
  done: fc.option(framing, { nil: undefined }),
  byteOrderMark: fc.boolean(),
  /** Whether the empty line after the last event is missing. */
  openEnd: fc.boolean(),
  passesText: fc.boolean(),
})

t.test('a legal stream holds the same events however it is cut into packets', async () => {
  fc.assert(
    fc.property(stream, ({ events, done, byteOrderMark, openEnd, passesText }) => {
      const sentEvents = [[begin, usual] as const, ...events]
      const frames = sentEvents.map(([event, how]) =>
        frame(JSON.stringify(event, null, how.printed ? 1 : undefined), how),
      )
      if (done) frames.push(frame('[DONE]', done))
      const whole = frames.join('')
      const sent = (byteOrderMark ? '\uFEFF' : '') + (openEnd ? whole.replace(/[\r\n]+$/, '') : whole)
      const expected = JSON.stringify([...sentEvents.map(([event]) => event), ...(done ? ['done'] : [])])
      const found = (packets: readonly Buffer[]) => JSON.stringify(scan(packets, {}, passesText))
      const bytes = Buffer.from(sent)
      if (found([bytes]) !== expected) return false
      for (const packets of cutsOf(bytes)) if (found(packets) !== expected) return false
      return true
    }),
    { numRuns: 120 },
  )
})

t.test('nothing after [DONE] is read', async t => {
  const first = chunkOf({ choices: [] })
  const frames = `data: ${JSON.stringify(first)}\n\ndata: [DONE]\n\n`
  for (const after of ['data: {"choices":[]}\n\n', 'data: not JSON\n\n', 'data: [DONE]\n\n', '<html>']) {
    const bytes = Buffer.from(frames + after)
    t.same(scan([bytes]), [first, 'done'])
    t.ok(cutsOf(bytes).every(packets => isDeepStrictEqual(scan(packets), [first, 'done'])))
  }
})

const streams = [
  [anthropicKind.translation!, messagesEvents('añ✓ 👩‍🚀')],
  [responsesTranslation, responsesEvents(responseOf('añ✓ 👩‍🚀'))],
] as const

for (const [translation, events] of streams) {
  const bytes = Buffer.from(events.join(''))

  t.test(`a stream of ${translation.dialect} is translated the same however it is cut`, async t => {
    const found = (packets: readonly Buffer[]) =>
      scan(packets, { translate: translation.events() }).map(one =>
        typeof one === 'string' ? one : { choices: one.choices, usage: one.usage },
      )
    const expected = found([bytes])
    t.match(expected.at(-1), 'done')
    t.match(JSON.stringify(expected), /añ✓/)
    t.ok(cutsOf(bytes).every(packets => isDeepStrictEqual(found(packets), expected)))
  })

  t.test(`native events of ${translation.dialect} are passed on whole however they are cut`, async t => {
    const failed = 'event: error\ndata: {"type":"error","error":{"message":"x"}}\n\n'
    const sound = Buffer.from(events.slice(0, -1).join(''))
    const all = Buffer.concat([sound, Buffer.from(failed)])
    for (const packets of cutsOf(all)) {
      const native = new NativeEvents({ dialect: translation.dialect, maxLength: 1_000_000 })
      const translate = translation.events({ onEvent: native.add })
      // One character per byte: the decoding of characters is not tested here.
      const taken = packets.map(packet => {
        translate(packet.toString('latin1'))
        return native.take()
      })
      if (!taken.every(frames => frames === '' || frames.endsWith('\n\n'))) t.fail('part of an event')
      if (!Buffer.from(taken.join(''), 'latin1').equals(sound)) t.fail('other events')
    }
    t.pass('without the error event')
  })
}

t.test('audio and images are content, of which a provider may send as much as it likes', t => {
  const audio = { audio: { data: 'x'.repeat(400) } }
  const images = {
    images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'x'.repeat(400)}` } }],
  }
  for (const delta of [audio, images, { audio: { transcript: 'word' } }]) {
    const packet = Buffer.from(`data: ${JSON.stringify(chunkOf({ choices: [choice(delta)] }))}\n\n`)
    const packets = Array.from({ length: 10 }, () => packet)
    t.equal(scan(packets, { maxLength: 1_000 }).length, packets.length)
  }
  t.end()
})
