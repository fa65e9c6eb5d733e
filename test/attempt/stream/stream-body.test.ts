import t from 'tap'
import fc from 'fast-check'
import { NativeEvents } from '../../../src/attempt/native-events.ts'
import { StreamBody } from '../../../src/attempt/stream/stream-body.ts'
import type { StreamOptions } from '../../../src/attempt/stream/stream-options.ts'
import type { Chunk } from '../../../src/contract/index.ts'
import { anthropicKind } from '../../../src/providers/anthropic/anthropic.ts'
import { toChatEvents } from '../../../src/providers/responses/events-to-chat.ts'
import { ask, callOf } from '../../call.ts'
import { event, eventsOf } from '../../fake-messages.ts'
import { eventsOf as responseEvents, responseOf } from '../../fake-responses.ts'

const nextTurn = () => new Promise(setImmediate)

/** A stream, and the provider that feeds it: like a transport, it hands on packets until it is paused. */
class Provider {
  readonly body: StreamBody
  isPaused = false
  hasContent = false
  hasBroken = false
  eventsSeen = 0
  #sent = 0
  readonly #packets: readonly Buffer[]

  constructor(packets: readonly Buffer[], options: Partial<StreamOptions> = {}) {
    this.#packets = packets
    const source = {
      pause: () => void (this.isPaused = true),
      resume: () => void (this.isPaused = false),
      cancel: () => {},
      eventSeen: () => void this.eventsSeen++,
      contentSeen: () => void (this.hasContent = true),
      broke: (error: unknown) => {
        this.hasBroken = true
        this.body.fail(error as Error)
      },
      doneSeen: () => {},
    }
    const { log, meter } = callOf().request
    this.body = new StreamBody(
      {
        provider: 'fake',
        request: ask(),
        expected: { model: 'm', choices: 1 },
        isExact: false,
        log,
        meter,
        maxLength: 1_000_000,
        secrets: [],
        headers: {},
        stripUsage: false,
        ...options,
      },
      source,
    )
  }

  /** Bytes that were handed on. */
  get sent(): number {
    return this.#packets.slice(0, this.#sent).reduce((sum, { length }) => sum + length, 0)
  }

  get hasSentAll(): boolean {
    return this.#sent === this.#packets.length
  }

  /** Sends so many packets in one turn, or fewer if it is paused. */
  send(packets: number): void {
    for (const end = this.#sent + packets; !this.isPaused && !this.hasSentAll && this.#sent < end;)
      this.body.feed(this.#packets[this.#sent++]!)
  }

  frames(): AsyncIterator<string> {
    return (this.body.wire.body as AsyncIterable<string>)[Symbol.asyncIterator]()
  }
}

function frameOf(content: string, finish: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }]
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

t.test(
  'a provider is paused within the turn in which it sends more than a slow reader should leave',
  async t => {
    const frame = Buffer.from(frameOf('word '.repeat(100)))
    const provider = new Provider(Array.from({ length: 1_000 }, () => frame))
    provider.send(1)
    await nextTurn()
    provider.send(1_000)
    t.ok(provider.isPaused)
    t.ok(provider.sent < 40_000, `${provider.sent} bytes were taken`)
    const frames = provider.frames()
    while (provider.isPaused) await frames.next()
    const { sent } = provider
    provider.send(1_000)
    t.ok(provider.sent > sent, 'its reader lets it continue')
  },
)

const opening = eventsOf('Hello').slice(0, -3).join('')

/** A stream of Messages for a client that speaks them: it begins to answer, then sends one event again and again. */
async function messagesOf(repeated: string) {
  const native = new NativeEvents({ dialect: 'messages', maxLength: 1_000_000 })
  const translate = anthropicKind.translation!.events({ onEvent: native.add })
  const packets = [opening, ...Array.from({ length: 5_000 }, () => repeated)]
  const provider = new Provider(
    packets.map(packet => Buffer.from(packet)),
    { native, translate },
  )
  provider.send(1)
  await nextTurn()
  return { provider, native }
}

const unknown = event('content_block_delta', {
  index: 0,
  delta: { type: 'new_delta', text: 'x'.repeat(100) },
})

t.test('events that chat has no words for pause their provider like others', async t => {
  const { provider } = await messagesOf(unknown)
  t.ok(provider.hasContent)
  provider.send(5_000)
  t.ok(provider.isPaused)
  t.ok(provider.sent < 40_000, `${provider.sent} bytes were taken`)
  const frames = provider.frames()
  const { value } = (await frames.next()) as { readonly value: string }
  t.equal(value, opening + unknown.repeat((value.length - opening.length) / unknown.length))
  t.notOk(provider.isPaused)
})

t.test('signs of life pause no provider, and nothing of them is kept but one', async t => {
  const { provider, native } = await messagesOf(event('ping', {}))
  provider.send(5_000)
  await nextTurn()
  t.ok(provider.hasSentAll)
  t.ok(native.mark < 1_000, `${native.mark} characters are kept`)
})

t.test('numbered signs of life pause their provider, and do not prolong the wait for others', async t => {
  const native = new NativeEvents({ dialect: 'responses', maxLength: 1_000_000 })
  const translate = toChatEvents({ maxEventLength: 1_000_000, onEvent: native.add })
  const begun = responseEvents(responseOf('Hello')).slice(0, 5)
  const packets = [
    ...begun,
    ...Array.from({ length: 5_000 }, () => event('keepalive', { sequence_number: 9 })),
  ]
  const provider = new Provider(
    packets.map(packet => Buffer.from(packet)),
    { native, translate },
  )
  provider.send(begun.length)
  await nextTurn()
  t.ok(provider.hasContent)
  const { eventsSeen } = provider
  provider.send(5_000)
  t.ok(provider.isPaused)
  t.ok(provider.sent < 40_000, `${provider.sent} bytes were taken`)
  t.equal(provider.eventsSeen, eventsSeen)
  const { value } = (await provider.frames().next()) as { readonly value: string }
  t.match(value, /"type":"keepalive"/)
  t.notOk(provider.isPaused)
})

t.test('the own events of a stream that is read as chunks are not kept', async t => {
  const { provider, native } = await messagesOf(
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'word ' } }),
  )
  const chunks = provider.body[Symbol.asyncIterator]()
  for (let count = 0; count < 4_000; count++) {
    provider.send(10)
    await chunks.next()
  }
  t.ok(native.mark < 20_000, `${native.mark} characters are kept`)
})

t.test('the text of a stream is limited, since some of its readers keep all of it', async t => {
  const provider = new Provider(
    Array.from({ length: 100 }, () => Buffer.from(frameOf('word '.repeat(100)))),
    { maxLength: 20_000 },
  )
  let read = 0
  await t.rejects(
    async () => {
      const chunks = provider.body[Symbol.asyncIterator]()
      for (;;) {
        provider.send(1)
        const { value } = (await chunks.next()) as { readonly value: Chunk }
        read += value.choices[0]?.delta.content?.length ?? 0
      }
    },
    { code: 'upstream_too_large', message: /20000 characters/ },
  )
  t.equal(read, 20_000)
})

t.test('so is what a provider sends without any content', async t => {
  const signature = event('content_block_delta', {
    index: 0,
    delta: { type: 'signature_delta', signature: 'x'.repeat(100) },
  })
  for (const silent of [': comment\n\n', event('ping', {}), signature]) {
    const provider = new Provider(
      [opening, ...Array.from({ length: 5_000 }, () => silent)].map(part => Buffer.from(part)),
      { maxLength: 20_000, translate: anthropicKind.translation!.events() },
    )
    while (!provider.hasBroken && !provider.hasSentAll) {
      provider.send(10)
      await nextTurn()
    }
    t.match((await provider.body.done).error, { code: 'upstream_too_large' })
    t.ok(provider.sent < 25_000)
  }
})

/** Reads a stream while its provider sends, in steps of random sizes. Throws if one of them waits for the other for ever. */
async function readInSteps<Part>(
  provider: Provider,
  reader: AsyncIterator<Part>,
  steps: Iterator<{ readonly sends: number; readonly reads: number }>,
): Promise<Part[]> {
  const parts: Part[] = []
  let isWaiting = false
  let isOver = false
  const read = async (): Promise<void> => {
    isWaiting = true
    const { done, value } = await reader.next()
    isWaiting = false
    if (done) isOver = true
    else parts.push(value)
  }
  while (!isOver) {
    const { sends, reads } = steps.next().value!
    provider.send(sends)
    for (let count = 0; count < reads && !isWaiting && !isOver; count++) {
      void read()
      await nextTurn()
    }
    await nextTurn()
    if (isWaiting && (provider.isPaused || provider.hasSentAll)) throw new Error('a reader waits for ever')
  }
  if (!provider.hasSentAll) throw new Error('the stream was not read to its end')
  return parts
}

t.test(
  'however a provider and its reader pause, each word arrives once, and neither waits for ever',
  async () => {
    const words = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 40 })
    const lengths = fc.infiniteStream(fc.integer({ min: 1, max: 20_000 }))
    const steps = fc.infiniteStream(fc.record({ sends: fc.nat(12), reads: fc.nat(3) }))
    await fc.assert(
      fc.asyncProperty(words, lengths, steps, fc.boolean(), async (sizes, cuts, steps, asFrames) => {
        const said = sizes.map((size, at) => `${at} ${'x'.repeat(size)} `)
        const sent = `${said.map(text => frameOf(text)).join('')}${frameOf('', 'stop')}data: [DONE]\n\n`
        const provider = new Provider(cutAt(Buffer.from(sent), cuts))
        while (!provider.hasContent) {
          provider.send(1)
          await nextTurn()
        }
        const chunks = asFrames
          ? chunksIn((await readInSteps(provider, provider.frames(), steps)).join(''))
          : await readInSteps(provider, provider.body[Symbol.asyncIterator](), steps)
        return chunks.map(({ choices }) => choices[0]?.delta.content).join('') === said.join('')
      }),
      { numRuns: 100 },
    )
  },
)

function cutAt(bytes: Buffer, lengths: Iterator<number>): Buffer[] {
  const packets: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + lengths.next().value!
    packets.push(bytes.subarray(at, end))
    at = end
  }
  return packets
}

function chunksIn(frames: string): Chunk[] {
  const data = frames.split('\n\n').map(frame => frame.slice('data: '.length))
  return data.filter(json => json.startsWith('{')).map(json => JSON.parse(json) as Chunk)
}
