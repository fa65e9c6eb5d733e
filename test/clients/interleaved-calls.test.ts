import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { fakeProvider, head, sequence, write } from '../fake-provider.ts'
import { answerViolations } from '../strict/index.ts'
import { stuck, serve } from './serve.ts'

type Json = Readonly<Record<string, unknown>>
type Dialect = 'chat' | 'messages' | 'responses'

interface Call {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

/** The parts of an event that calls are told by, of Messages and of chat. */
interface StreamEvent {
  readonly index?: number
  readonly content_block?: { readonly type: string; readonly id?: string; readonly name?: string }
  readonly delta?: { readonly partial_json?: string }
  readonly choices?: readonly { readonly delta: { readonly tool_calls?: readonly Piece[] } }[]
}

interface Said {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly text?: string | undefined
}

interface Piece {
  readonly index: number
  readonly id?: string
  readonly function: { readonly name?: string; readonly arguments?: string }
}

const paths = { chat: 'chat/completions', messages: 'messages', responses: 'responses' }

function bodyOf(dialect: Dialect, question: string, stream: boolean): Json {
  const messages = [{ role: 'user', content: question }]
  if (dialect === 'responses') return { model: 'cache-m', input: question, stream }
  return dialect === 'chat'
    ? { model: 'cache-m', messages, stream }
    : { model: 'cache-m', max_tokens: 100, messages, stream }
}

/** The calls in an answer as its client reads them, in the order of their ids. */
function callsIn(dialect: Dialect, text: string): Call[] {
  const events = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Json)
  const calls =
    events.length > 0 ? streamedCalls(dialect, events) : wholeCalls(dialect, JSON.parse(text) as Json)
  return calls.toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

function wholeCalls(dialect: Dialect, answer: Json): Call[] {
  if (dialect === 'responses')
    return (answer['output'] as Record<string, string>[])
      .filter(({ type }) => type === 'function_call')
      .map(({ call_id: id = '', name = '', arguments: args = '' }) => ({
        id,
        name,
        input: JSON.parse(args) as unknown,
      }))
  if (dialect === 'messages')
    return (answer['content'] as (Call & { type: string })[])
      .filter(({ type }) => type === 'tool_use')
      .map(({ id, name, input }) => ({ id, name, input }))
  const [choice] = answer['choices'] as {
    message: { tool_calls: { id: string; function: Record<string, string> }[] }
  }[]
  return choice!.message.tool_calls.map(({ id, function: called }) => ({
    id,
    name: called['name']!,
    input: JSON.parse(called['arguments']!) as unknown,
  }))
}

function streamedCalls(dialect: Dialect, events: readonly Json[]): Call[] {
  if (dialect === 'responses') return wholeCalls(dialect, events.at(-1)!['response'] as Json)
  const texts = new Map<unknown, { id: string; name: string; text: string }>()
  const add = (key: unknown, { id = '', name = '', text = '' }: Said) => {
    const known = texts.get(key) ?? { id: '', name: '', text: '' }
    texts.set(key, { id: known.id || id, name: known.name || name, text: known.text + text })
  }
  for (const event of events) {
    const { index, content_block: block, delta, choices = [] } = event as StreamEvent
    if (block?.type === 'tool_use') add(index, block)
    if (delta?.partial_json !== undefined) add(index, { text: delta.partial_json })
    for (const piece of choices.flatMap(choice => choice.delta.tool_calls ?? [])) {
      const { name, arguments: text } = piece.function
      add(piece.index, { id: piece.id, name, text })
    }
  }
  return [...texts.values()].map(({ id, name, text }) => ({
    id,
    name,
    input: JSON.parse(text || '{}') as unknown,
  }))
}

/** Calls in pieces, the order of the pieces, and the sizes of the packets. */
const interleavings = fc.record({
  calls: fc.array(fc.record({ city: fc.string(), pieces: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  turns: fc.array(fc.nat(), { minLength: 24, maxLength: 24 }),
  sizes: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }),
})

type Interleaving = typeof interleavings extends fc.Arbitrary<infer T> ? T : never

/** The stream of a provider, which begins with all calls or with each when its turn comes. */
function streamOf({ calls, turns }: Interleaving): string {
  const waiting = calls.map(({ city, pieces }, index) => {
    const text = JSON.stringify({ city })
    const size = Math.ceil(text.length / pieces)
    const begin = {
      index,
      id: `id_${index}`,
      type: 'function',
      function: { name: `f${index}`, arguments: '' },
    }
    const rest = Array.from({ length: pieces }, (_, at) => text.slice(at * size, (at + 1) * size))
    return [begin, ...rest.map(piece => ({ index, function: { arguments: piece } }))]
  })
  const chunk = (delta: Json, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  let text = chunk({ role: 'assistant', content: '' })
  for (let turn = 0; waiting.some(({ length }) => length > 0); turn++) {
    const left = waiting.filter(({ length }) => length > 0)
    text += chunk({ tool_calls: [left[turns[turn % turns.length]! % left.length]!.shift()!] })
  }
  return `${text}${chunk({}, 'tool_calls')}data: [DONE]\n\n`
}

function packetsOf(text: string, sizes: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text)
  const packets: Buffer[] = []
  for (let at = 0; at < bytes.length; at += sizes[(packets.length - 1) % sizes.length]!)
    packets.push(bytes.subarray(at, at + sizes[packets.length % sizes.length]!))
  return packets
}

t.test(
  'however calls are interleaved and cut, each client gets them streamed, whole and from the cache',
  async t => {
    const fake = await fakeProvider(t, sequence())
    const config = {
      routing: { health_check: { enabled: false } },
      cache: { when: 'always' },
      providers: [{ name: 'p', base_url: fake.url, api_key: 'k' }],
    }
    const url = await serve(t, JSON.stringify(config))
    const ask = async (dialect: Dialect, question: string, stream: boolean) => {
      const response = await fetch(`${url}/v1/${paths[dialect]}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(bodyOf(dialect, question, stream)),
      })
      return { cache: response.headers.get('x-hulumanage-cache'), text: await response.text() }
    }
    let runs = 0
    const judge = async (interleaving: Interleaving) => {
      const wanted = interleaving.calls.map(({ city }, index) => ({
        id: `id_${index}`,
        name: `f${index}`,
        input: { city },
      }))
      const packets = packetsOf(streamOf(interleaving), interleaving.sizes).map(packet => write(packet))
      fake.script(sequence(head(200, { 'content-type': 'text/event-stream' }), ...packets))
      for (const dialect of ['chat', 'messages', 'responses'] as const) {
        for (const stream of [true, false]) {
          const question = `question ${runs++}`
          // The second answer is a replay, and the third one in the other form.
          for (const [again, verdict] of [
            [stream, 'miss'],
            [stream, 'hit'],
            [!stream, 'hit'],
          ] as const) {
            const { cache, text } = await ask(dialect, question, again)
            assert.equal(cache, verdict, text)
            assert.deepEqual(callsIn(dialect, text), wanted)
            assert.deepEqual(answerViolations(dialect, text), [])
          }
        }
      }
    }
    await fc.assert(fc.asyncProperty(interleavings, judge), { numRuns: 12 })
    t.same(await stuck(url), [], 'no provider is busy')
  },
)
