import t from 'tap'
import type { Test } from 'tap'
import { fakeProvider } from '../fake-provider.ts'
import { eventStream } from '../fake-messages.ts'
import { serve } from './serve.ts'

const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
type Piece = Readonly<Record<string, unknown>>

function chunk(pieces: readonly Piece[], finish_reason: string | null = null): string {
  const delta = pieces.length > 0 ? { tool_calls: pieces } : {}
  return `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`
}

const call = (index: number, args: string | null) => ({
  index,
  id: `call_${index}`,
  type: 'function',
  function: { name: 'now', arguments: args },
})
const piece = (index: number, args: string | null) => ({ index, function: { arguments: args } })
const text = { ...head, choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] }
const done = 'data: [DONE]\n\n'

/** The chunks that a chat client gets for a provider's stream. */
async function chunksOf(t: Test, frames: readonly string[]) {
  const { url } = await fakeProvider(t, eventStream(...frames))
  const provider = { name: 'p', base_url: url, api_key: 'k' }
  const address = await serve(t, JSON.stringify({ approach: 'proxy', providers: [provider] }))
  const answer = await fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  })
  const text = await answer.text()
  return [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data!) as { choices: Choice[] })
}

/** The arguments of each call as a client joins them, and the last finish reason. */
async function joined(t: Test, frames: readonly string[]) {
  const args: string[] = []
  let finish: unknown
  for (const { choices } of await chunksOf(t, frames)) {
    for (const { index, function: called } of choices[0]?.delta.tool_calls ?? [])
      args[index] = (args[index] ?? '') + (called?.arguments ?? '')
    finish = choices[0]?.finish_reason ?? finish
  }
  return [args, finish]
}

interface Choice {
  readonly delta: {
    readonly tool_calls?: { index: number; function?: { arguments?: string } }[]
    readonly function_call?: { arguments?: string }
  }
  readonly finish_reason: string | null
}

t.test('streamed arguments are the text of an object, also where a service sends none', async t => {
  const ended = chunk([], 'tool_calls')
  const cases: Readonly<Record<string, readonly string[]>> = {
    'an empty text': [chunk([call(0, '')]), ended, done],
    null: [chunk([call(0, null)]), ended, done],
    'the text null': [chunk([call(0, 'null')]), ended, done],
    'the text null in two pieces': [chunk([call(0, 'nu')]), chunk([piece(0, 'll')]), ended, done],
    'the text null in pieces up to the end': [chunk([call(0, 'n')]), chunk([piece(0, 'ull')], 'stop'), done],
    'an object in a text': [chunk([call(0, '"{')]), chunk([piece(0, '}"')]), ended, done],
    'with its end': [chunk([call(0, '')], 'tool_calls'), done],
    'ended by "stop"': [chunk([call(0, '')]), chunk([], 'stop'), done],
    'ended by the stream alone': [chunk([call(0, '')]), done],
    'ended twice': [chunk([call(0, '')]), ended, ended, done],
  }
  for (const [what, frames] of Object.entries(cases)) {
    const [args, finish] = await joined(t, frames)
    t.strictSame([args, finish], [['{}'], 'tool_calls'], what)
  }
})

t.test('a null among the pieces of arguments is a part of them', async t => {
  const frames = [chunk([call(0, '{"a":')]), chunk([piece(0, 'null')]), chunk([piece(0, '}')])]
  t.strictSame(await joined(t, [...frames, chunk([], 'tool_calls'), done]), [['{"a":null}'], 'tool_calls'])
})

t.test('a function_call has the same arguments in a stream', async t => {
  const pieces = [{ name: 'now', arguments: 'nu' }, { arguments: 'll' }, undefined]
  const frames = pieces.map(function_call => {
    const finish_reason = function_call ? null : 'function_call'
    const choices = [{ index: 0, delta: function_call ? { function_call } : {}, finish_reason }]
    return `data: ${JSON.stringify({ ...head, choices })}\n\n`
  })
  for (const end of [[frames[2]!, done], [done]]) {
    const chunks = await chunksOf(t, [...frames.slice(0, 2), ...end])
    const calls = chunks.map(({ choices }) => choices[0]!.delta.function_call)
    t.strictSame(calls.map(called => called?.arguments ?? '').join(''), '{}')
    t.equal(chunks.at(-1)!.choices[0]!.finish_reason, 'function_call')
  }
})

t.test('of two calls, only the one without arguments gets an empty object', async t => {
  const frames = [chunk([call(0, ''), call(1, '{"a":1}')]), chunk([], 'tool_calls'), done]
  t.strictSame(await joined(t, frames), [['{}', '{"a":1}'], 'tool_calls'])
})

t.test('arguments that may still come, or that a maximum cut off, are not made up', async t => {
  const late = [chunk([call(0, '')], 'stop'), chunk([piece(0, '{"a":1}')], 'stop'), done]
  t.strictSame(await joined(t, late), [['{"a":1}'], 'tool_calls'])
  t.strictSame(await joined(t, [chunk([call(0, '')]), chunk([], 'length'), done]), [[''], 'length'])
})

t.test('a stream without tool calls does not end for them, which would make agents ask again', async t => {
  const said = `data: ${JSON.stringify(text)}\n\n`
  t.strictSame(await joined(t, [said, chunk([], 'tool_calls'), done]), [[], 'stop'])
  t.strictSame(await joined(t, [said, chunk([], 'MAX_TOKENS'), done]), [[], 'length'])
})
