import t from 'tap'
import { ask, callOf } from '../../../call.ts'
import { answer, delta, error, hold, reset, stream, write } from '../../../fake-provider.ts'
import { proxyOver, received } from '../proxy.ts'
import { cut, readFrom, textOf, thought } from './broken.ts'

t.test('another provider starts over if nothing but thoughts was shown', async t => {
  const seen = await readFrom(t, [cut(thought('Hm.')), stream([thought('Well.'), 'whole'])])
  t.equal(seen.text, 'whole')
  t.equal(seen.thoughts, 'Hm.Well.')
  t.equal(seen.error, undefined)
  t.match(seen.recovered, [{ from: 'a', to: 'b', by: 'start_over', error: 'upstream_truncated' }])
})

t.test('another answer is held back while it repeats what was shown, and shown from there', async t => {
  const seen = await readFrom(t, [cut('Hello', ' wo'), stream(['He', 'llo wor', 'ld!'])])
  t.equal(seen.text, 'Hello world!')
  t.match(seen.recovered, [{ from: 'a', to: 'b', by: 'restart' }])
  t.strictSame(received(seen.fakes), [1, 1])
  t.strictSame(seen.done.finish, ['stop'])
})

t.test('every chunk has the id, the model and the time of the first stream', async t => {
  const other = { ...delta({ content: 'Hello world' }), id: 'other', model: 'other', created: 5 }
  const seen = await readFrom(t, [cut('Hello'), stream([other])])
  t.equal(seen.text, 'Hello world')
  t.equal(new Set(seen.chunks.map(({ id, model, created }) => `${id} ${model} ${created}`)).size, 1)
})

t.test('an answer that departs from what was shown is not shown', async t => {
  for (const other of ['Hullo', 'Hell', '', 'Hello']) {
    const seen = await readFrom(t, [cut('Hello', ' world'), stream([other])], { mode: 'restart' })
    t.equal(seen.text, 'Hello world', other)
    t.equal(seen.error, 'upstream_truncated', other)
    t.strictSame(seen.done.finish, [null], other)
    t.strictSame(seen.recovered, [], other)
  }
})

t.test('an answer that departs is recorded as such, and is not the fault of its provider', async t => {
  const { pool, send } = await proxyOver(t, [cut('Hello world'), stream(['Hullo', hold()])], {
    routing: { strategy: 'failover', stream_recovery: 'restart' },
  })
  const budget = { calls: 1, tokens: 1e9, usd: Infinity, deadline: Number.POSITIVE_INFINITY }
  const call = callOf('departs', { budget })
  const reply = await send(ask('x', { stream: true }), call)
  await t.rejects(Array.fromAsync(reply), { code: 'upstream_truncated' })
  t.match(call.reports, [{ provider: 'b', outcome: 'answer_departed' }, { provider: 'a' }].toReversed())
  t.equal(pool.members[1]!.state.counts.failures, 0)
})

t.test('thoughts that led to text that was shown are not repeated', async t => {
  const seen = await readFrom(t, [
    cut(thought('Hm.'), 'Hello'),
    stream([thought('Well.'), 'Hello', thought('More?'), ' world']),
  ])
  t.equal(seen.text, 'Hello world')
  t.equal(seen.thoughts, 'Hm.More?')
})

t.test('a tool call that broke off is completed under its first id', async t => {
  const call = (id: string | undefined, name: string | undefined, args: string) =>
    delta({
      tool_calls: [{ index: 0, ...(id && { id, type: 'function' }), function: { name, arguments: args } }],
    })
  const seen = await readFrom(t, [
    cut(call('call_1', 'f', '{"a"')),
    stream([call('call_2', 'f', '{"a":'), call(undefined, undefined, '1}')], { finish: 'tool_calls' }),
  ])
  const pieces = seen.chunks.flatMap(chunk => chunk.choices.flatMap(choice => choice.delta.tool_calls ?? []))
  t.equal(pieces.map(piece => piece.function?.arguments ?? '').join(''), '{"a":1}')
  t.strictSame(
    pieces.flatMap(piece => piece.id ?? []),
    ['call_1'],
  )
  t.equal(seen.error, undefined)
})

t.test('another call than the one that was shown departs', async t => {
  const call = (name: string, args: string) =>
    delta({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: args } }] })
  for (const other of [call('g', '{"a":1}'), call('f', '{"b":1}'), call('f', '{'), 'text']) {
    const seen = await readFrom(t, [cut(call('f', '{"a"')), stream([other], { finish: 'tool_calls' })])
    t.equal(seen.error, 'upstream_truncated')
  }
})

t.test('each of several choices continues where it was', async t => {
  const scripts = [
    cut(delta({ content: 'one' }, 0), delta({ content: 'tw' }, 1), delta({}, 0, 'stop')),
    stream([delta({ content: 'other' }, 0), delta({ content: 'two' }, 1)]),
  ]
  const seen = await readFrom(t, scripts, { request: { n: 2 } })
  t.strictSame([textOf(seen.chunks, 0), textOf(seen.chunks, 1)], ['one', 'two'])
  t.equal(seen.error, undefined)
  t.equal(seen.chunks.filter(({ choices }) => choices.some(choice => choice.finish_reason)).length, 2)
})

t.test('log probabilities of what was shown are not repeated', async t => {
  const token = (text: string) => ({ token: text, logprob: -1, bytes: null, top_logprobs: [] })
  const piece = (...texts: string[]) => {
    const [choice] = delta({ content: texts.join('') })['choices'] as object[]
    return { choices: [{ ...choice, logprobs: { content: texts.map(token) } }] }
  }
  const seen = await readFrom(t, [cut(piece('Hello')), stream([piece('Hello', ' wor', 'ld')])])
  const tokens = seen.chunks.flatMap(({ choices }) =>
    choices.flatMap(choice => (choice['logprobs'] as { content: { token: string }[] } | null)?.content ?? []),
  )
  t.strictSame(
    tokens.map(item => item.token),
    ['Hello', ' wor', 'ld'],
  )
})

t.test('the client gets the usage of all attempts', async t => {
  const options = { stream_options: { include_usage: true } }
  const seen = await readFrom(t, [cut('Hello'), stream(['Hello world'])], { request: options })
  const usage = seen.chunks.at(-1)?.usage
  t.equal(usage?.total_tokens, 12 + (seen.recovered[0]?.usage.total_tokens ?? 0))
  t.equal(seen.done.usage?.total_tokens, usage?.total_tokens)
  t.ok(seen.recovered[0]!.usage.total_tokens > 0)
})

t.test('a stream that breaks twice is recovered twice', async t => {
  const seen = await readFrom(t, [cut('a', 'b'), cut('abc'), stream(['abcd'])])
  t.equal(seen.text, 'abcd')
  t.match(seen.recovered, [
    { from: 'a', to: 'b' },
    { from: 'a', to: 'c' },
  ])
})

t.test('a long stream that breaks twice is compared with what was shown, and nothing else', async t => {
  const words = Array.from({ length: 600 }, (_, index) => `word${index} `)
  const seen = await readFrom(t, [cut(words[0]!), cut(...words.slice(0, 500)), stream(words)])
  t.equal(seen.error, undefined)
  t.equal(seen.text, words.join(''))
})

t.test('the provider that broke is asked again when the others are over their limit', async t => {
  const first = [error(500), cut('Hello'), stream(['Hello world'])]
  const { fakes, send } = await proxyOver(
    t,
    [first, answer('other')],
    { routing: { strategy: 'failover' } },
    [{}, { rate_limit: { rpm: 1 } }],
  )
  await (await send()).completion()
  const budget = { calls: 1, tokens: 1e9, usd: Infinity, deadline: Number.POSITIVE_INFINITY }
  const reply = await send(ask('x', { stream: true }), callOf('request', { budget }))
  t.equal(textOf(await Array.fromAsync(reply)), 'Hello world')
  t.strictSame(received(fakes), [3, 1])
})

t.test('a provider that fails does not end the search', async t => {
  const seen = await readFrom(t, [cut('Hello'), error(500), stream(['Hello world'])])
  t.equal(seen.text, 'Hello world')
  t.strictSame(received(seen.fakes), [1, 1, 1])
})

t.test('a single provider is asked once more', async t => {
  const seen = await readFrom(t, [[cut('Hello'), stream(['Hello world'])]])
  t.equal(seen.text, 'Hello world')
  const gone = await readFrom(t, [[cut('Hello'), cut('Hello'), stream(['Hello world'])]])
  t.equal(gone.error, 'upstream_truncated')
  t.strictSame(received(gone.fakes), [2])
})

t.test('a reset, an error in the stream and an answer in one piece are all the same', async t => {
  for (const fault of [reset(), write('data: {"error":{"message":"no","code":500}}\n\n')]) {
    const seen = await readFrom(t, [cut('Hello', fault), answer('Hello world')])
    t.equal(seen.text, 'Hello world')
  }
})

t.test('max_attempts, a budget that is used up and `off` leave a stream broken', async t => {
  const scripts = [cut('Hello'), stream(['Hello world'])]
  const settings = [{ maxAttempts: 1 }, { tokens: 1 }, { mode: 'off' }] as const
  for (const setting of settings) {
    const seen = await readFrom(t, scripts, setting)
    t.equal(seen.error, 'upstream_truncated')
    t.equal(received(seen.fakes)[1], 0)
  }
})

t.test('audio that was shown cannot be compared', async t => {
  const seen = await readFrom(t, [cut(delta({ audio: { data: 'AAAA' } })), stream(['text'])])
  t.equal(seen.error, 'upstream_truncated')
  t.strictSame(received(seen.fakes), [1, 0])
})

t.test('a reader that leaves ends the attempt that recovers its stream', async t => {
  const { fakes, send } = await proxyOver(t, [cut('Hello'), stream(['Hello world', hold()])], {
    routing: { strategy: 'failover' },
  })
  const budget = { calls: 1, tokens: 1e9, usd: Infinity, deadline: Number.POSITIVE_INFINITY }
  const reply = await send(ask('x', { stream: true }), callOf('leaver', { budget }))
  let text = ''
  for await (const chunk of reply) {
    text += chunk.choices[0]?.delta.content ?? ''
    if (text === 'Hello world') break
  }
  await fakes[1]!.disconnected()
  t.match(await reply.done, { error: { code: 'client_closed' } })
})
