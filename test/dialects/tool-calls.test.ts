import fc from 'fast-check'
import t from 'tap'
import { collect } from '../../src/chat/collect.ts'
import { configSchema } from '../../src/config/schema.ts'
import { chunksOf } from '../../src/chat/completion.ts'
import type { Chunk, Completion, Delta, ToolCall } from '../../src/contract/index.ts'
import { messages } from '../../src/dialects/messages/messages.ts'
import { responses } from '../../src/dialects/responses/responses.ts'
import type { StreamEvent } from '../../src/dialects/dialect.ts'
import { answerViolations } from '../strict/answers.ts'
import type { Dialect } from '../strict/answers.ts'
import { chunk } from './answers.ts'

const { limits } = configSchema.parse({})
const options = { aliases: new Set<string>(), limits, defaultModel: undefined }

function encoderOf(dialect: 'messages' | 'responses') {
  const body = { model: 'm', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
  if (dialect === 'messages') return messages.read(body, options).encoder
  return responses.read({ model: 'm', stream: true, input: 'Hi' }, options).encoder
}

/** A call as the client reads it. */
interface Call {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly input: unknown
}

function callsOf(whole: Completion): Call[] {
  return (whole.choices[0]?.message.tool_calls ?? []).map(({ id, function: called }) => ({
    id,
    name: called?.name,
    input: JSON.parse(called?.arguments ?? ''),
  }))
}

async function collected(chunks: readonly Chunk[]): Promise<Completion> {
  return await collect(chunks[Symbol.iterator]() as unknown as AsyncIterator<Chunk>)
}

/** Writes a stream in a dialect, checks it as an SDK does, and returns the calls that its client reads. */
function streamed(dialect: 'messages' | 'responses', chunks: readonly Chunk[]): Call[] {
  const encoder = encoderOf(dialect)
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const events = [...chunks.flatMap(one => encoder.chunk(one)), ...encoder.end(chunks[0]!, usage)]
  t.same(violations(dialect, events), [])
  if (dialect === 'messages') return messageCalls(events)
  const { output } = events.at(-1)!['response'] as { output: Record<string, string>[] }
  const calls = output.filter(item => item['type'] === 'function_call')
  return calls.map(({ call_id: id, name, arguments: text }) => ({ id, name, input: JSON.parse(text!) }))
}

function violations(dialect: Dialect, events: readonly StreamEvent[]): string[] {
  const frames = events.map(event => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
  return answerViolations(dialect, frames.join(''))
}

function messageCalls(events: readonly StreamEvent[]): Call[] {
  const starts = events.filter(event => (event['content_block'] as { type?: string })?.type === 'tool_use')
  return starts.map(({ index, content_block: block }) => {
    const { id, name } = block as Record<string, string>
    const deltas = events.filter(event => event['index'] === index && event['delta'])
    const texts = deltas.map(({ delta }) => (delta as Record<string, string>)['partial_json'])
    return { id, name, input: JSON.parse(texts.join('')) }
  })
}

/** The calls that a client gets, which are the same whichever way it is answered. */
async function told(deltas: readonly Delta[]): Promise<Call[]> {
  const chunks = [...deltas.map(delta => chunk(delta)), chunk({}, 'tool_calls')]
  const whole = await collected(chunks)
  const calls = callsOf(whole)
  const again = [...chunksOf(whole)]
  const ways = [
    streamed('messages', chunks),
    streamed('responses', chunks),
    streamed('messages', again),
    streamed('responses', again),
    callsOf(await collected(again)),
  ]
  for (const way of ways) t.same(way.map(withoutOwnId), calls.map(withoutOwnId))
  return calls
}

/** Our own ids differ from one reading to the next. */
function withoutOwnId({ id, ...call }: Call): object {
  return /^call_[\da-f]{24}$/.test(id!) ? call : { id, ...call }
}

function piece(index: number | undefined, args: string, more: { id?: string; name?: string } = {}) {
  const { id, name } = more
  return {
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id, type: 'function' }),
    function: { ...(name === undefined ? {} : { name }), arguments: args },
  }
}

function apart(pieces: readonly (ToolCall & { index?: number })[]): Delta[] {
  return pieces.map(one => ({ tool_calls: [one] }))
}

const oslo = { city: 'Oslo' }
const rome = { city: 'Rome' }

t.test('pieces of two calls may alternate', async t => {
  const pieces = [
    piece(0, '', { id: 'a', name: 'read' }),
    piece(1, '', { id: 'b', name: 'write' }),
    piece(1, '{"city":'),
    piece(0, '{"city":'),
    piece(1, '"Rome"}'),
    piece(0, '"Oslo"}'),
  ]
  t.same(await told(apart(pieces)), [
    { id: 'a', name: 'read', input: oslo },
    { id: 'b', name: 'write', input: rome },
  ])
})

t.test("a new id begins a call, even with another call's index", async t => {
  const pieces = [
    piece(0, '{"city":"Oslo"}', { id: 'a', name: 'read' }),
    piece(0, '{"city":"Rome"}', { id: 'b', name: 'read' }),
  ]
  t.same(await told(apart(pieces)), [
    { id: 'a', name: 'read', input: oslo },
    { id: 'b', name: 'read', input: rome },
  ])
})

t.test('a piece with neither id nor index belongs to the last call', async t => {
  const pieces = [
    piece(undefined, '{"city":', { id: 'a', name: 'read' }),
    piece(undefined, '"Oslo"}'),
    piece(undefined, '{"city":', { id: 'b', name: 'read' }),
    piece(undefined, '"Rome"}'),
  ]
  t.match(await told(apart(pieces)), [{ input: oslo }, { input: rome }])
})

t.test('an id repeated in each piece belongs to one call, whatever the index', async t => {
  const pieces = [
    piece(0, '{"city":', { id: 'a', name: 'read' }),
    piece(1, '"Oslo"', { id: 'a' }),
    piece(2, '}', { id: 'a' }),
  ]
  t.same(await told(apart(pieces)), [{ id: 'a', name: 'read', input: oslo }])
})

t.test('whole calls in one list are separate, even without ids and indexes', async t => {
  const pieces = [
    piece(undefined, '{"city":"Oslo"}', { name: 'read' }),
    piece(undefined, '{"city":"Rome"}', { name: 'read' }),
  ]
  const calls = await told([{ tool_calls: pieces }])
  t.match(calls, [{ input: oslo }, { input: rome }])
  t.equal(new Set(calls.map(call => call.id)).size, 2)
})

t.test('a name may come in pieces and after the id; the whole name again adds nothing', async t => {
  const pieces = [
    piece(0, '', { id: 'a' }),
    piece(0, '', { name: 'edit_' }),
    piece(0, '', { name: 'file' }),
    piece(0, '', { name: 'edit_file' }),
    piece(0, '{"city":', { name: 'edit_file' }),
    piece(0, '"Oslo"}', { name: 'edit_file' }),
  ]
  t.same(await told(apart(pieces)), [{ id: 'a', name: 'edit_file', input: oslo }])
})

t.test('calls without ids, or with the same one, get ids that differ in every turn', async t => {
  const turn = [
    piece(0, '{}', { name: 'read' }),
    piece(1, '{}', { id: 'a', name: 'read' }),
    piece(2, '{}', { id: 'a', name: 'read' }),
  ]
  const ids = [...(await told(apart(turn))), ...(await told(apart(turn)))].map(call => call.id)
  t.match(ids, [/^call_\w{24}$/, 'a', /^call_\w{24}$/, /^call_\w{24}$/, 'a', /^call_\w{24}$/])
  t.equal(new Set(ids).size, 5)
})

t.test('arguments that are null or empty are an empty object', async t => {
  for (const args of [[], ['null'], ['nu', 'll'], ['{}']]) {
    const pieces = [piece(0, '', { id: 'a', name: 'read' }), ...args.map(text => piece(0, text))]
    t.same(await told(apart(pieces)), [{ id: 'a', name: 'read', input: {} }])
  }
})

t.test('arguments without a name are a failure, and a call without either is ignored', async t => {
  t.same(await told(apart([piece(0, '', { id: 'a' })])), [])
  const nameless = [chunk({ tool_calls: [piece(0, '{}', { id: 'a' })] })]
  await t.rejects(collected(nameless), { code: 'upstream_bad_response' })
  const encoder = encoderOf('messages')
  encoder.chunk(nameless[0]!)
  t.throws(() => encoder.end(nameless[0]!, undefined), { code: 'upstream_bad_response' })
})

t.test('text inside a call waits for the end of the call', async t => {
  const deltas: Delta[] = [
    { tool_calls: [piece(0, '{"city":', { id: 'a', name: 'read' })] },
    { content: 'I read' },
    { tool_calls: [piece(0, '"Oslo"}')] },
    { content: ' it.' },
  ]
  t.match(await told(deltas), [{ input: oslo }])
  const encoder = encoderOf('messages')
  const events = [
    ...deltas.flatMap(delta => encoder.chunk(chunk(delta))),
    ...encoder.end(chunk({}), undefined),
  ]
  const starts = events.filter(event => event['type'] === 'content_block_start')
  t.match(starts, [{ content_block: { type: 'tool_use' } }, { content_block: { type: 'text' } }])
  const texts = events.map(event => (event['delta'] as { text?: string } | undefined)?.text ?? '')
  t.equal(texts.join(''), 'I read it.')
})

/** Calls, each in its own pieces, and numbers that determine whose piece is next and where a packet ends. */
const interleaved = fc
  .array(fc.record({ city: fc.string(), pieces: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain(calls =>
    fc.tuple(
      fc.constant(calls),
      fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 30, maxLength: 30 }),
    ),
  )

t.test('however calls are interleaved and packed, the same calls arrive', async t => {
  await fc.assert(
    fc.asyncProperty(interleaved, async ([wanted, turns]) => {
      const waiting = wanted.map(({ city, pieces }, index) => {
        const text = JSON.stringify({ city })
        const size = Math.ceil(text.length / pieces)
        const texts = Array.from({ length: pieces }, (_, at) => text.slice(at * size, (at + 1) * size))
        return [
          piece(index, '', { id: `id_${index}`, name: `f${index}` }),
          ...texts.map(part => piece(index, part)),
        ]
      })
      const deltas: (ToolCall & { index?: number })[][] = [[]]
      for (const [turn, isCut] of turns) {
        const left = waiting.filter(list => list.length > 0)
        if (left.length === 0) break
        deltas.at(-1)!.push(left[turn % left.length]!.shift()!)
        if (isCut) deltas.push([])
      }
      const calls = await told(deltas.map(tool_calls => ({ tool_calls })))
      t.same(
        calls.toSorted((one, other) => (one.id! < other.id! ? -1 : 1)),
        wanted.map(({ city }, index) => ({ id: `id_${index}`, name: `f${index}`, input: { city } })),
      )
    }),
    { numRuns: 60 },
  )
})

t.test('a call without arguments holds back no text', async t => {
  const deltas = [
    { tool_calls: [piece(0, '', { id: 'a', name: 'now' })] },
    { content: 'one ' },
    { content: 'two' },
  ]
  for (const dialect of ['messages', 'responses'] as const) {
    const encoder = encoderOf(dialect)
    const early = deltas.flatMap(delta => encoder.chunk(chunk(delta)))
    t.match(JSON.stringify(early), /one .*two/, 'the text is told as it comes')
    const events = [...early, ...encoder.end(chunk({}), undefined)]
    t.strictSame(violations(dialect, events), [])
    t.match(JSON.stringify(events), /"now"/)
  }
  t.same(await told(deltas), [{ id: 'a', name: 'now', input: {} }])
})

t.test('the input of a custom tool may come in pieces', async t => {
  const custom = (input: string, more: object = {}) => ({
    tool_calls: [{ index: 0, type: 'custom', custom: { input, ...more } }],
  })
  const deltas = [{ tool_calls: [{ index: 0, id: 'c', type: 'custom', custom: { name: 'run', input: '' } }] }]
  const whole = await collected([...deltas, custom('ls '), custom('-la')].map(delta => chunk(delta as Delta)))
  t.same(whole.choices[0]?.message.tool_calls, [
    { id: 'c', type: 'custom', custom: { name: 'run', input: 'ls -la' } },
  ])
})

t.test('a call without arguments at the end of a stream is a reason to stop', async t => {
  const encoder = encoderOf('messages')
  encoder.chunk(chunk({ tool_calls: [piece(0, '', { id: 'a', name: 'now' })] }))
  encoder.chunk(chunk({}, 'tool_calls'))
  t.match(encoder.end(chunk({}), undefined).at(-2), { delta: { stop_reason: 'tool_use' } })
})
