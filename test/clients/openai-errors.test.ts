import OpenAI from 'openai'
import { answer, error, hold, json, stream } from '../fake-provider.ts'
import { TestClock } from '../test-clock.ts'
import { hello, model, textOf } from './conversation.ts'
import { clientKey, clientTest, errorOf } from './serve.ts'

const request = { model, messages: hello }

clientTest('a request that a provider refuses is a BadRequestError with its own words', async (t, start) => {
  const refusal = {
    error: { message: 'bad top_p', type: 'invalid_request_error', param: 'top_p', code: 'bad' },
  }
  const { openai, providers } = await start([error(400, refusal), error(400, refusal)])
  const thrown = await errorOf(openai.chat.completions.create(request, { maxRetries: 2 }))
  t.ok(thrown instanceof OpenAI.BadRequestError)
  t.match(thrown, { status: 400, param: 'top_p', code: 'bad', message: /bad top_p/, requestID: String })
  const asked = providers.flatMap(({ requests }) => requests)
  t.equal(asked.length, 1, 'neither this server nor the SDK asks again')
})

clientTest('a request that is wrong here is a BadRequestError that names the field', async (t, start) => {
  const { openai, provider } = await start([answer()])
  const create = (fields: object) => errorOf(openai.chat.completions.create({ ...request, ...fields }))
  const cases: readonly [fields: object, param: string | null, code: string][] = [
    [{ messages: [] }, 'messages', 'invalid_value'],
    [{ n: 0 }, 'n', 'invalid_value'],
    [{ n: 1000 }, 'n', 'n_too_large'],
    [{ hulumanage_approach: 'bonn' }, 'hulumanage_approach', 'unknown_approach'],
    [{ model: 'bon&nope-gpt-4' }, 'model', 'unknown_approach'],
    [{ hulumanage_aproach: 'bon' }, 'hulumanage_aproach', 'invalid_value'],
  ]
  for (const [fields, param, code] of cases) {
    const thrown = await create(fields)
    t.ok(thrown instanceof OpenAI.BadRequestError, JSON.stringify(fields))
    t.match(thrown, { param, code })
  }
  t.same(provider.requests, [])
})

clientTest('a client without the right key gets an AuthenticationError', async (t, start) => {
  const { openai, provider } = await start([answer()], { api_keys: ['sk-right'] })
  for (const ask of [
    () => openai.chat.completions.create(request),
    () => openai.chat.completions.create({ ...request, stream: true }),
    () => openai.models.list(),
  ]) {
    const thrown = await errorOf(ask())
    t.ok(thrown instanceof OpenAI.AuthenticationError)
    t.match(thrown, { status: 401, code: 'invalid_api_key' })
    t.notMatch(JSON.stringify(thrown), clientKey)
  }
  t.same(provider.requests, [])
  const right = openai.withOptions({ apiKey: 'sk-right' })
  t.equal((await right.chat.completions.create(request)).choices[0]?.message.content, 'ok')
})

clientTest("a provider that refuses our key is never the client's AuthenticationError", async (t, start) => {
  const { openai } = await start([error(401)])
  const thrown = await errorOf(openai.chat.completions.create(request))
  t.ok(thrown instanceof OpenAI.InternalServerError)
  t.match(thrown, { status: 502, code: 'upstream_auth' })
})

clientTest('a limit is a RateLimitError that says when to come back', async (t, start) => {
  const limited = {
    error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' },
  }
  const { openai } = await start([error(429, limited, { 'retry-after': 7 })])
  const thrown = await errorOf(openai.chat.completions.create(request))
  t.ok(thrown instanceof OpenAI.RateLimitError)
  t.match(thrown, { status: 429, code: 'rate_limit_exceeded', message: /slow down/ })
  const { headers } = thrown as InstanceType<typeof OpenAI.RateLimitError>
  t.equal(headers.get('retry-after'), '7')
})

clientTest('the SDK waits as long as a limited provider asks, and is served', async (t, start) => {
  const { openai, provider } = await start([
    [error(429, undefined, { 'retry-after-ms': 20 }), answer('at last')],
  ])
  const completion = await openai.chat.completions.create(request, { maxRetries: 5 })
  t.equal(completion.choices[0]?.message.content, 'at last')
  t.equal(provider.requests.length, 2, 'it is left alone until then')
})

clientTest('a provider that fails is an InternalServerError, streamed or not', async (t, start) => {
  const { openai } = await start([error(500)])
  for (const streamed of [false, true]) {
    const thrown = await errorOf(openai.chat.completions.create({ ...request, stream: streamed }))
    t.ok(thrown instanceof OpenAI.InternalServerError)
    t.match(thrown, { status: 502, code: 'upstream_error' })
  }
})

clientTest('the next provider answers where one fails, and the SDK never knows', async (t, start) => {
  const { openai, providers } = await start([error(500), answer('from the second')], {})
  for (const streamed of [false, true]) {
    const { data, response } = await openai.chat.completions
      .create({ ...request, stream: streamed })
      .withResponse()
    const text = 'choices' in data ? data.choices[0]?.message.content : textOf(await Array.fromAsync(data))
    t.equal(text, 'from the second')
    t.equal(response.headers.get('x-hulumanage-provider'), 'provider-1')
  }
  t.ok(providers[0]!.requests.length > 0)
})

clientTest('the SDK does not retry what x-should-retry says is final', async (t, start) => {
  const quota = {
    error: { message: 'no credit', type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
  }
  const { openai, provider } = await start([error(429, quota)])
  const thrown = await errorOf(openai.chat.completions.create(request, { maxRetries: 3 }))
  t.ok(thrown instanceof OpenAI.RateLimitError)
  t.match(thrown, { code: 'insufficient_quota' })
  t.equal((thrown as InstanceType<typeof OpenAI.RateLimitError>).headers.get('x-should-retry'), 'false')
  t.equal(provider.requests.length, 1)
})

clientTest('a model nobody serves is a NotFoundError', async (t, start) => {
  const { openai, provider } = await start([answer()])
  const { openai: other } = await start([answer()], {
    approach: 'proxy',
    providers: [{ name: 'one', base_url: provider.url, api_key: 'k', models: ['a'] }],
  })
  t.equal((await openai.chat.completions.create(request)).model, model)
  const thrown = await errorOf(other.chat.completions.create(request))
  t.ok(thrown instanceof OpenAI.NotFoundError)
  t.match(thrown, { status: 404, code: 'model_not_found', param: 'model' })
})

clientTest(
  'an answer that is no answer is an InternalServerError, never an empty success',
  async (t, start) => {
    const { openai, provider } = await start([json({ choices: [] })])
    t.ok((await errorOf(openai.chat.completions.create(request))) instanceof OpenAI.InternalServerError)
    provider.script(stream([], { finish: null, done: false }))
    const streamed = openai.chat.completions.create({ ...request, stream: true })
    t.ok((await errorOf(streamed)) instanceof OpenAI.InternalServerError)
  },
)

clientTest('a provider that takes too long is an InternalServerError', async (t, start) => {
  const clock = TestClock.start(t)
  const { openai, provider } = await start([hold()], { timeouts: { request: 20 } })
  const asking = errorOf(openai.chat.completions.create(request))
  await provider.waitFor(1)
  await clock.pass(20)
  const thrown = await asking
  t.ok(thrown instanceof OpenAI.InternalServerError)
  t.match(thrown, { status: 504, code: 'upstream_timeout' })
  await provider.requests[0]!.aborted
})
