import t from 'tap'
import type { Chunk } from '../../../src/contract/index.ts'
import { messages } from '../../fake-messages.ts'
import { answer, completion, delta, error, gate, hold, json, reset, stream } from '../../fake-provider.ts'
import { dataOf, textOf } from '../../matrix/client.ts'
import { errorOf } from '../../matrix/error-shape.ts'
import { canaries } from '../../matrix/serve.ts'
import { clear, serveCached, statusOf } from './cache.ts'

const first = [answer('first'), answer('second'), answer('third'), answer('fourth')]

t.test('a repeated request gets the same bytes, and no model is called', async t => {
  const server = await serveCached(t, [first])
  const fresh = await server.client.ask()
  t.equal(statusOf(fresh), 'miss')
  t.equal(fresh.headers['x-hulumanage-calls'], '1')
  t.equal(fresh.headers['x-hulumanage-approach'], 'cache-proxy')
  const again = await server.client.ask()
  t.equal(statusOf(again), 'hit')
  t.equal(again.text, fresh.text)
  t.equal(again.headers['x-hulumanage-calls'], '0')
  t.equal(again.headers['x-hulumanage-attempts'], '0')
  t.strictSame(server.received, [1])
})

t.test('a streamed answer is streamed again, event by event', async t => {
  const server = await serveCached(t, [[stream(['one ', 'two ', 'three'])]])
  const fields = { stream: true, stream_options: { include_usage: true } }
  const fresh = await server.client.ask(fields)
  const again = await server.client.ask(fields)
  t.equal(statusOf(fresh), 'miss')
  t.equal(statusOf(again), 'hit')
  t.equal(textOf(again), 'one two three')
  t.strictSame(
    dataOf(again.text).map(data => data !== '[DONE]' && (JSON.parse(data) as object)),
    dataOf(fresh.text).map(data => data !== '[DONE]' && { usage: null, ...(JSON.parse(data) as object) }),
  )
  t.match(again.text, /: hulumanage \{"calls":0,"attempts":0,"cache":"hit"\}/)
  t.strictSame(server.received, [1])
})

t.test('a stream ends with usage if its own client asks for it, whatever the first client did', async t => {
  const server = await serveCached(t, [first])
  const withUsage = { stream: true, stream_options: { include_usage: true } }
  const usages = (text: string) => dataOf(text).filter(data => /"usage":\{/.test(data)).length
  t.equal(usages((await server.client.ask({ stream: true })).text), 0)
  const asking = await server.client.ask(withUsage)
  t.equal(statusOf(asking), 'hit')
  t.equal(usages(asking.text), 1)
  await clear(server)
  t.equal(usages((await server.client.ask(withUsage)).text), 1)
  const silent = await server.client.ask({ stream: true })
  t.equal(statusOf(silent), 'hit')
  t.notMatch(silent.text, /"usage"/)
})

t.test('a whole answer serves a stream, and a stream a whole answer, with its usage', async t => {
  const server = await serveCached(t, [first])
  const whole = await server.client.ask()
  const streamed = await server.client.ask({ stream: true })
  t.equal(statusOf(streamed), 'hit')
  t.equal(textOf(streamed), 'first')
  t.equal(dataOf(streamed.text).at(-1), '[DONE]')
  await clear(server)
  t.equal(textOf(await server.client.ask({ stream: true })), 'second')
  const collected = await server.client.ask()
  t.equal(statusOf(collected), 'hit')
  t.equal(textOf(collected), 'second')
  const usageOf = (text: string) => (JSON.parse(text) as { usage: object }).usage
  const uncounted = { completion_tokens_details: { reasoning_tokens: 0 } }
  t.strictSame(usageOf(collected.text), { ...usageOf(whole.text), ...uncounted })
  t.strictSame(server.received, [2])
})

const vector = (index: number) => ({ object: 'embedding', index, embedding: [0.5, index] })
const embedded = (count: number) =>
  json({
    object: 'list',
    data: Array.from({ length: count }, (_, index) => vector(index)),
    model: 'told',
    usage: { prompt_tokens: 2, total_tokens: 2 },
  })

t.test('embeddings are kept, byte by byte, also while only deterministic answers are', async t => {
  for (const when of ['always', 'deterministic'] as const) {
    const server = await serveCached(t, [[embedded(2), embedded(1), embedded(1)]], {
      config: { cache: { when } },
    })
    const ask = (input: readonly string[], more = {}) =>
      server.client.post('/v1/embeddings', { model: 'm', input, ...more })
    const fresh = await ask(['one', 'two'])
    t.equal(statusOf(fresh), 'miss')
    const again = await ask(['one', 'two'])
    t.equal(statusOf(again), 'hit')
    t.equal(again.text, fresh.text)
    t.equal(again.headers['x-hulumanage-calls'], '0')
    t.equal(statusOf(await ask(['one'])), 'miss', 'another input is another request')
    t.equal(statusOf(await ask(['one'], { dimensions: 2 })), 'miss', 'and so are other fields')
    t.strictSame(server.received, [3])
  }
})

t.test('an error in place of embeddings is not kept', async t => {
  const server = await serveCached(t, [[error(500), embedded(1)]])
  const ask = () => server.client.post('/v1/embeddings', { model: 'm', input: 'one' })
  t.equal((await ask()).status, 502)
  t.equal(statusOf(await ask()), 'miss')
})

t.test('one key for two organizations or projects shares no answers', async t => {
  const server = await serveCached(t, [first])
  const texts = []
  for (const headers of [
    {},
    { 'openai-organization': 'org-a' },
    { 'openai-organization': 'org-b' },
    { 'openai-organization': 'org-b', 'openai-project': 'p' },
  ])
    texts.push(textOf(await server.client.ask({}, headers)))
  t.strictSame(texts, ['first', 'second', 'third', 'fourth'])
})

t.test('what only a service of its own API reads in a request keeps its answer apart', async t => {
  const said = ['first', 'second', 'third', 'fourth'].map(text => messages(text))
  const server = await serveCached(t, [said], { entries: [{ type: 'anthropic' }] })
  const ask = async (fields: object, headers: Readonly<Record<string, string>> = {}) => {
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...fields }
    const { text } = await server.client.post('/v1/messages', body, headers)
    return /"text":"(\w+)"/.exec(text)?.[1]
  }
  const texts = [
    await ask({}),
    await ask({ service_tier: 'auto' }),
    await ask({ service_tier: 'standard_only' }),
    await ask({}, { 'anthropic-beta': 'new-2026-01-01' }),
    await ask({ service_tier: 'auto' }),
  ]
  t.strictSame(texts, ['first', 'second', 'third', 'fourth', 'second'])
})

t.test('tool calls are stored, streamed or not', async t => {
  const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }
  const server = await serveCached(t, [answer({ tool_calls: [call] })])
  await server.client.ask({ stream: true })
  const { text } = await server.client.ask()
  t.match(JSON.parse(text), { choices: [{ message: { tool_calls: [call] }, finish_reason: 'tool_calls' }] })
  t.strictSame(server.received, [1])
})

t.test(
  'another spelling of the same JSON is the same request; any other field makes another one',
  async t => {
    const server = await serveCached(t, [answer()])
    const asked = async (fields: object) => statusOf(await server.client.ask({ ...fields }))
    t.equal(await asked({ temperature: 0.7, seed: 1 }), 'miss')
    t.equal(await asked({ seed: 1.0, temperature: 7e-1 }), 'hit')
    const others = [
      { temperature: 0.7 },
      { temperature: 0.7, seed: 2 },
      { temperature: 0.7, seed: 1, user: 'one' },
      { temperature: 0.7, seed: 1, user: 'two' },
      { temperature: 0.7, seed: 1, model: 'other' },
      { temperature: 0.7, seed: 1, messages: [{ role: 'user', content: 'Say something else' }] },
    ]
    for (const fields of others) t.equal(await asked(fields), 'miss', JSON.stringify(fields))
  },
)

t.test('clients with different keys never share answers', async t => {
  const config = { api_keys: [canaries.client, 'another-key'] }
  const server = await serveCached(t, [first], { config })
  t.equal(textOf(await server.client.ask()), 'first')
  const other = { authorization: 'Bearer another-key' }
  const fresh = await server.client.ask({}, other)
  t.equal(statusOf(fresh), 'miss')
  t.equal(textOf(fresh), 'second')
  t.equal(textOf(await server.client.ask()), 'first')
  t.equal(textOf(await server.client.ask({}, other)), 'second')
  const byOtherHeader = await server.client.ask({}, { authorization: '', 'x-api-key': 'another-key' })
  t.equal(textOf(byOtherHeader), 'second', 'a key is the same in either header')
})

t.test('two keys share no answers on a server without keys, in whatever header they come', async t => {
  const server = await serveCached(t, [first], { config: { api_keys: [] } })
  const texts: string[] = []
  for (const headers of [
    { authorization: '', 'x-api-key': 'one' },
    { authorization: '', 'x-api-key': 'two' },
    { authorization: 'Bearer three' },
    { authorization: '', 'x-api-key': 'one' },
  ])
    texts.push(textOf(await server.client.ask({}, headers)))
  t.strictSame(texts, ['first', 'second', 'third', 'first'])
})

t.test('no-cache stores a fresh answer; no-store neither reads nor stores', async t => {
  const server = await serveCached(t, [first])
  await server.client.ask()
  const fresh = await server.client.ask({ cache: { 'no-cache': true } })
  t.equal(statusOf(fresh), 'miss')
  t.equal(textOf(fresh), 'second')
  t.equal(textOf(await server.client.ask()), 'second')
  const apart = await server.client.ask({ cache: { 'no-store': true } })
  t.equal(statusOf(apart), 'bypass')
  t.equal(textOf(apart), 'third')
  t.equal(textOf(await server.client.ask({ cache: {} })), 'second')
  const streamed = await server.client.ask({ stream: true, cache: { 'no-store': true } })
  t.equal(statusOf(streamed), 'bypass')
  t.equal(textOf(streamed), 'fourth')
  t.notOk(
    server.fakes[0]!.requests.some(({ body }) => 'cache' in body),
    'the field is ours',
  )
})

t.test('wishes about the cache count in other APIs, too, and no service gets them', async t => {
  const said = ['first', 'second', 'third'].map(text => messages(text))
  const server = await serveCached(t, [said], { entries: [{ type: 'anthropic' }] })
  const ask = async (fields: object) => {
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...fields }
    return await server.client.post('/v1/messages', body)
  }
  const texts = []
  for (const fields of [{}, { cache: { 'no-cache': true } }, {}, { cache: { 'no-store': true } }, {}])
    texts.push(/"text":"(\w+)"/.exec((await ask(fields)).text)?.[1])
  t.strictSame(texts, ['first', 'second', 'second', 'third', 'second'])
  t.equal((await ask({ cache: 'no' })).status, 400)
})

t.test('an invalid cache field is refused', async t => {
  const server = await serveCached(t)
  for (const [cache, param] of [
    ['no', 'cache'],
    [{ ttl: 5 }, 'cache.ttl'],
    [{ 'no-cache': 'yes' }, 'cache.no-cache'],
  ] as const) {
    const heard = await server.client.ask({ cache })
    t.equal(heard.status, 400)
    t.match(errorOf(t, heard), { code: 'invalid_value', param })
  }
  t.strictSame(server.received, [0])
})

t.test('DELETE /cache deletes everything, and requires a key', async t => {
  const server = await serveCached(t, [first])
  await server.client.ask()
  const refused = await fetch(new URL('/cache', server.running.url), { method: 'DELETE' })
  t.equal(refused.status, 401)
  t.equal(statusOf(await server.client.ask()), 'hit')
  const cleared = await clear(server)
  t.equal(cleared.status, 200)
  t.strictSame(await cleared.json(), { cleared: true })
  t.equal(textOf(await server.client.ask()), 'second')
})

for (const [what, script, status] of [
  ['an error', error(500), 502],
  ['a refusal', error(400), 400],
  ['an answer that a filter cut', completion('no', { finish: 'content_filter' }), 200],
] as const) {
  t.test(`${what} is not stored`, async t => {
    const server = await serveCached(t, [[script, answer('well')]])
    t.equal((await server.client.ask()).status, status)
    const next = await server.client.ask()
    t.equal(statusOf(next), 'miss')
    t.equal(textOf(next), 'well')
  })
}

for (const [what, script] of [
  ['a whole answer without a text', completion('')],
  ['a stream without a text', stream([delta({ content: '' })])],
  ['a stream without an end', stream(['half'], { finish: null })],
  ['a stream with one choice of two', stream([delta({ content: 'one' }), delta({ content: '' }, 1)])],
] as const) {
  t.test(`${what} is passed on but not stored`, async t => {
    const server = await serveCached(t, [[script, answer('well')]])
    const fields = { stream: what.startsWith('a stream'), ...(what.endsWith('two') && { n: 2 }) }
    const heard = await server.client.ask(fields)
    t.equal(heard.status, 200)
    t.notMatch(heard.text, /error/)
    const next = await server.client.ask(fields)
    t.equal(statusOf(next), 'miss')
    t.match(textOf(next), /well/)
  })
}

t.test('a broken stream is not stored', async t => {
  const server = await serveCached(t, [[stream(['one ', reset()]), answer('well')]], {
    config: { routing: { stream_recovery: 'off' } },
  })
  const broken = await server.client.ask({ stream: true })
  t.match(dataOf(broken.text).at(-1), /"code":"upstream_truncated"/)
  t.equal(textOf(await server.client.ask({ stream: true })), 'well')
})

t.test('a stream is not stored that was continued after a break', async t => {
  const script = [stream(['some more words, ', reset()]), answer('well'), answer('two'), answer('next')]
  const server = await serveCached(t, [script])
  t.equal(textOf(await server.client.ask({ stream: true })), 'some more words, two')
  t.equal(textOf(await server.client.ask({ stream: true })), 'next')
})

t.test('a stream is stored that was recovered by the same answer', async t => {
  const server = await serveCached(t, [[stream(['one ', reset()]), answer('one two'), answer('next')]])
  t.equal(textOf(await server.client.ask({ stream: true })), 'one two')
  const again = await server.client.ask({ stream: true })
  t.equal(statusOf(again), 'hit')
  t.equal(textOf(again), 'one two')
})

t.test('an answer that ended at its token limit is stored', async t => {
  const server = await serveCached(t, [[answer('short', { finish: 'length' })]])
  await server.client.ask({ max_tokens: 1 })
  t.equal(statusOf(await server.client.ask({ max_tokens: 1 })), 'hit')
})

t.test('an answer larger than max_answer_bytes is passed on in full but not stored', async t => {
  const words = 'word '.repeat(1000)
  const server = await serveCached(t, [answer(words)], { config: { cache: { max_answer_bytes: 2000 } } })
  for (const streams of [false, true, true, false]) {
    const heard = await server.client.ask({ stream: streams })
    t.equal(statusOf(heard), 'miss')
    t.equal(textOf(heard), words)
  }
})

t.test('with when: deterministic, only deterministic requests are cached', async t => {
  const server = await serveCached(t, [answer()], { config: { cache: { when: 'deterministic' } } })
  const asked = async (fields: object) => [
    statusOf(await server.client.ask({ ...fields })),
    statusOf(await server.client.ask({ ...fields })),
  ]
  t.strictSame(await asked({}), ['bypass', 'bypass'])
  t.strictSame(await asked({ temperature: 0.2 }), ['bypass', 'bypass'])
  t.strictSame(await asked({ temperature: 0 }), ['miss', 'hit'])
  t.strictSame(await asked({ seed: 7 }), ['miss', 'hit'])
})

t.test('a new destination invalidates stored answers, a new weight does not', async t => {
  const server = await serveCached(t, [first])
  await server.client.ask()
  const { currentConfig } = server.composition
  const reload = (change: object) => {
    const { providers, ...rest } = currentConfig.value
    currentConfig.replace({ ...rest, providers: providers.map(provider => ({ ...provider, ...change })) })
  }
  reload({ weight: 7, api_key: 'another' })
  t.equal(statusOf(await server.client.ask()), 'hit')
  reload({ model_map: { m: 'other' } })
  t.equal(textOf(await server.client.ask()), 'second')
  for (const change of [{ defaults: { temperature: 0.5 } }, { defaults: { temperature: 0.6 } }]) {
    reload(change)
    t.not(statusOf(await server.client.ask()), 'hit', JSON.stringify(change))
  }
  for (const context of [{ m: ['large'] }, { m: ['larger'] }]) {
    currentConfig.replace({ ...currentConfig.value, fallbacks: { context, policy: {}, any: {} } })
    t.not(statusOf(await server.client.ask()), 'hit', 'fallbacks decide who answers')
  }
})

t.test(
  'a chain can name the cache without any configuration, and its params are part of the request',
  async t => {
    const server = await serveCached(t, [answer('ok', { ignoreN: true })], {
      config: { cache: { enabled: false } },
    })
    const asked = async (fields: object) => await server.client.ask({ ...fields })
    t.equal(statusOf(await asked({})), undefined)
    const model = 'cache&self_consistency-m'
    const fresh = await asked({ model, hulumanage_params: { self_consistency: { n: 3, adaptive: false } } })
    t.equal(fresh.headers['x-hulumanage-approach'], 'cache-proxy-self_consistency')
    t.equal(fresh.headers['x-hulumanage-calls'], '3')
    const again = await asked({ model, hulumanage_params: { self_consistency: { n: 3, adaptive: false } } })
    t.equal(statusOf(again), 'hit')
    t.equal(again.headers['x-hulumanage-calls'], '0')
    const bodyOf = ({ text }: { text: string }) => JSON.parse(text) as { usage: unknown }
    t.strictSame(bodyOf(again).usage, bodyOf(fresh).usage, 'the sum over all of its calls')
    const streamed = await asked({
      model,
      stream: true,
      stream_options: { include_usage: true },
      hulumanage_params: { self_consistency: { n: 3, adaptive: false } },
    })
    t.strictSame(bodyOf({ text: dataOf(streamed.text).at(-2)! }).usage, bodyOf(fresh).usage)
    t.equal(statusOf(await asked({ model, hulumanage_params: { self_consistency: { n: 4 } } })), 'miss')
    t.equal(statusOf(await asked({ model: 'cache-m' })), 'miss', 'another chain')
  },
)

t.test('in parentheses the cache does not affect samples', async t => {
  const server = await serveCached(t, [answer()], { config: { cache: { enabled: false } } })
  const heard = await server.client.ask({ model: 'self_consistency-(cache-re2)-m' })
  t.equal(heard.status, 200)
  t.equal(statusOf(heard), undefined)
  const calls = server.received[0]!
  await server.client.ask({ model: 'self_consistency-(cache-re2)-m' })
  t.equal(server.received[0], 2 * calls)
})

t.test('an answer with fewer choices than requested is not stored', async t => {
  const server = await serveCached(t, [[completion('one', { ignoreN: true }), error(500), answer('two')]])
  const heard = await server.client.ask({ n: 2 })
  t.equal((JSON.parse(heard.text) as { choices: unknown[] }).choices.length, 1)
  t.equal(statusOf(await server.client.ask({ n: 2 })), 'miss')
})

t.test('an answer that lacks a failed branch is not stored', async t => {
  const server = await serveCached(t, [[error(500), answer('two'), answer('three'), answer('four')]])
  const choices = (text: string) => (JSON.parse(text) as { choices: unknown[] }).choices.length
  const partial = await server.client.ask({ model: '(re2|none)-m' })
  t.equal(choices(partial.text), 1)
  const whole = await server.client.ask({ model: '(re2|none)-m' })
  t.equal(statusOf(whole), 'miss')
  t.equal(choices(whole.text), 2)
  t.equal(statusOf(await server.client.ask({ model: '(re2|none)-m' })), 'hit')
})

t.test('an answer that an approach made without one of its draws is not stored', async t => {
  const choices = await serveCached(t, [[completion('A', { ignoreN: true }), error(500)]])
  t.equal((await choices.client.ask({ model: 'self_consistency-m' })).status, 200)
  t.equal(statusOf(await choices.client.ask({ model: 'self_consistency-m' })), 'miss')
  t.equal(statusOf(await choices.client.ask({ model: 'self_consistency-m' })), 'hit')
  const calls = await serveCached(t, [[answer('A'), error(500)]])
  // Two drafts that agree are merged, which fails here; more of them would be the answer.
  const merging = { model: 'moa-m', hulumanage_params: { moa: { n: 2 } } }
  t.equal((await calls.client.ask(merging)).status, 200)
  t.equal(statusOf(await calls.client.ask(merging)), 'miss')
})

function chunksOf(text: string): readonly Chunk[] {
  return dataOf(text)
    .filter(data => data !== '[DONE]')
    .map(data => JSON.parse(data) as Chunk)
}

t.test('each branch of a stored answer keeps its choice, streamed or whole', async t => {
  const server = await serveCached(t, [[answer('one'), answer('two')]])
  const model = '(re2|none)-m'
  const fresh = await server.client.ask({ model, stream: true })
  t.equal(statusOf(fresh), 'miss')
  const texts = (text: string) => {
    const said = ['', '']
    for (const { index, delta } of chunksOf(text).flatMap(({ choices }) => choices))
      said[index] += delta.content ?? ''
    return said
  }
  t.strictSame(texts(fresh.text).toSorted(), ['one', 'two'])
  const again = await server.client.ask({ model, stream: true })
  t.equal(statusOf(again), 'hit')
  t.strictSame(texts(again.text), texts(fresh.text))
  const whole = await server.client.ask({ model })
  t.equal(statusOf(whole), 'hit')
  const { choices } = JSON.parse(whole.text) as { choices: { message: { content: string } }[] }
  t.strictSame(
    choices.map(({ message }) => message.content),
    texts(fresh.text),
  )
})

t.test('a request that waits for the branches of another one gets all of their choices', async t => {
  const pause = gate()
  const server = await serveCached(t, [[stream(['o', hold(pause), 'ne']), answer('two')]])
  const ask = () => server.client.ask({ model: '(re2|none)-m', stream: true })
  const both = [ask(), ask()]
  await server.fakes[0]!.waitFor(2)
  pause.release()
  const heard = await Promise.all(both)
  t.strictSame(new Set(heard.map(statusOf)), new Set(['hit', 'miss']))
  for (const { text } of heard)
    t.strictSame(
      new Set(chunksOf(text).flatMap(({ choices }) => choices.map(({ index }) => index))),
      new Set([0, 1]),
    )
})

t.test('legacy completions are stored in their own shape, streamed or not', async t => {
  const server = await serveCached(t, [first])
  const ask = async (fields: object) => {
    const response = await fetch(new URL('/v1/completions', server.running.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${canaries.client}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', prompt: 'Hi', ...fields }),
    })
    return { cache: response.headers.get('x-hulumanage-cache'), text: await response.text() }
  }
  const fresh = await ask({ stream: true })
  const whole = await ask({})
  const streamed = await ask({ stream: true })
  t.strictSame([fresh.cache, whole.cache, streamed.cache], ['miss', 'hit', 'hit'])
  t.match(JSON.parse(whole.text), { object: 'text_completion', choices: [{ text: 'first' }] })
  t.strictSame(dataOf(streamed.text), dataOf(fresh.text))
  t.equal((await ask({ prompt: ['Hi', 'Ho'] })).cache, null, 'several prompts are several answers')
  t.equal(server.received[0], 2, 'one of which was stored')
})
