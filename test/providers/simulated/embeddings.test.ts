import OpenAI from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import { clientKey, errorOf, serve } from '../../clients/serve.ts'

const model = 'any'

async function start(test: Test): Promise<OpenAI> {
  const simulate = { latency_ms: 0 }
  const config = { approach: 'proxy', providers: [{ name: 'here', type: 'simulated', simulate }] }
  const url = await serve(test, JSON.stringify(config))
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: clientKey, maxRetries: 0 })
}

const nearness = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, at) => sum + value * other[at]!, 0)

t.test('simulated embeddings are equal for the same text and close for similar ones', async t => {
  const openai = await start(t)
  const input = ['The cat sat on the mat', 'the cat sat on a mat!', 'Interest rates have risen']
  const { data, usage } = await openai.embeddings.create({ model, input })
  const [first, like, unlike] = data.map(({ embedding }) => embedding)
  t.equal(first!.length, 32)
  t.ok(Math.abs(nearness(first!, first!) - 1) < 1e-5)
  t.ok(nearness(first!, like!) > nearness(first!, unlike!))
  t.match(usage, { prompt_tokens: 16, total_tokens: 16 })
  const again = await openai.embeddings.create({ model, input: input[0]!, encoding_format: 'float' })
  for (const [at, value] of again.data[0]!.embedding.entries()) t.ok(Math.abs(value - first![at]!) < 1e-6)
})

t.test('dimensions and tokens are honoured, and a request without input is refused', async t => {
  const openai = await start(t)
  const { data } = await openai.embeddings.create({ model, input: [[1, 2], [3]], dimensions: 8 })
  t.strictSame(
    data.map(({ embedding }) => embedding.length),
    [8, 8],
  )
  t.match(await errorOf(openai.embeddings.create({ model } as never)), { status: 400, param: 'input' })
})
