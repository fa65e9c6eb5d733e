import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import t from 'tap'
import { z } from 'zod'
import { hello, serve } from './serve.ts'

const config = {
  model: 'gpt-4o',
  chains: { fast: 'proxy-bon' },
  providers: [
    { name: 'a', base_url: 'http://localhost:1/v1', models: ['gpt-4', 'org/model'] },
    { name: 'b', base_url: 'http://localhost:2/v1', model_map: { 'gpt-4': 'other', mapped: 'x' } },
  ],
}

t.test('models are those that providers list or map, the default model and the chains', async t => {
  const server = await serve(t, { config })
  for (const path of ['/v1/models', '/models']) {
    const body = (await (await fetch(server.url + path)).json()) as {
      object: string
      data: { id: string; owned_by: string; object: string }[]
    }
    t.equal(body.object, 'list')
    t.strictSame(
      body.data.map(({ id, owned_by: owner }) => [id, owner]),
      [
        ['gpt-4', 'a'],
        ['org/model', 'a'],
        ['mapped', 'b'],
        ['fast', 'hulumanage'],
        ['gpt-4o', 'hulumanage'],
      ],
    )
  }
})

t.test('without a default model, chains are listed with models, since they are refused alone', async t => {
  const { model: _model, ...others } = config
  const server = await serve(t, { config: others })
  const body = (await (await fetch(`${server.url}/v1/models`)).json()) as { data: { id: string }[] }
  t.strictSame(
    body.data.map(({ id }) => id),
    ['gpt-4', 'org/model', 'mapped', 'fast-gpt-4', 'fast-org/model', 'fast-mapped'],
  )
})

t.test('the list of models has the fields that the SDKs of OpenAI and Anthropic read', async t => {
  const server = await serve(t, { config })
  const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any', maxRetries: 0 })
  const anthropic = new Anthropic({ baseURL: server.url, apiKey: 'any', maxRetries: 0 })
  const ids = ['gpt-4', 'org/model', 'mapped', 'fast', 'gpt-4o']
  t.strictSame(
    (await openai.models.list()).data.map(({ id }) => id),
    ids,
  )
  const page = await anthropic.models.list()
  t.strictSame(
    page.data.map(({ id, type, display_name: name }) => [id, type, name]),
    ids.map(id => [id, 'model', id]),
  )
  t.match(page, { has_more: false, first_id: 'gpt-4', last_id: 'gpt-4o' })
  const model = await anthropic.models.retrieve('org/model')
  t.match(model, { id: 'org/model', type: 'model', created_at: /^\d{4}-\d\d-\d\dT/ })
})

t.test('a model is found by its id, even with a slash in it', async t => {
  const server = await serve(t, { config })
  for (const id of ['gpt-4', 'org/model', 'org%2Fmodel', 'fast']) {
    const response = await fetch(`${server.url}/v1/models/${id}`)
    t.match(await response.json(), { id: decodeURIComponent(id), object: 'model' })
  }
  const unknown = await fetch(`${server.url}/v1/models/nope`)
  t.equal(unknown.status, 404)
  t.match(await unknown.json(), { error: { code: 'model_not_found', param: 'model' } })
})

t.test('a slash too many in an address names no other endpoint', async t => {
  const server = await serve(t, { config })
  for (const path of ['/v1/models/', '//v1/models', '/v1//models/gpt-4', '/v1/models/org/model/'])
    t.equal((await fetch(server.url + path)).status, 200, path)
  for (const path of ['/v1/chat/completions/', '//v1/chat/completions'])
    t.equal((await server.post(path, hello)).status, 200, path)
})

t.test('the root lists the endpoints', async t => {
  const server = await serve(t)
  t.match(await (await fetch(server.url)).json(), {
    name: 'hulumanage',
    version: /^\d+\.\d+\.\d+/,
    links: { chat: '/v1/chat/completions' },
  })
})

t.test('metrics count requests, attempts and tokens, with few series', async t => {
  const server = await serve(t, {
    answer: async (_asked, { onAttempt }) => {
      for (let model = 0; model < 150; model++) {
        onAttempt?.({
          path: 'none',
          provider: 'a',
          model: `m${model}`,
          reason: 'weighted',
          outcome: model === 0 ? 'upstream_timeout' : 'ok',
          status: 200,
          headMs: 20,
          totalMs: 30,
        })
      }
      const { replyFrom } = await import('../../src/chat/reply.ts')
      return replyFrom('x', 'm')
    },
  })
  await (await server.post('/v1/chat/completions', hello)).text()
  await (await server.post('/nothing/at/all', hello)).text()
  const response = await fetch(`${server.url}/metrics`)
  t.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  t.match(text, 'hulumanage_requests_total{route="/v1/chat/completions",status="200"} 1')
  t.match(text, 'hulumanage_requests_total{route="unknown",status="404"} 1')
  t.match(text, 'hulumanage_requests_in_flight 1')
  t.match(text, 'hulumanage_upstream_attempts_total{provider="a",model="m0",outcome="upstream_timeout"} 1')
  t.match(text, 'hulumanage_upstream_attempts_total{provider="a",model="other",outcome="ok"} 50')
  t.match(text, 'hulumanage_upstream_head_seconds_count{provider="a",model="other"} 50')
  t.match(text, 'hulumanage_tokens_total{kind="prompt"} 3')
})

t.test('params aliases come from the loaded steps', async t => {
  const server = await serve(t, {
    plugin: app =>
      app.steps.add({
        name: 'sampler',
        summary: 'Samples',
        params: z.object({ count: z.int().default(3) }),
        aliases: { best_of_n: 'count' },
        run: async () => 'x',
      }),
  })
  await server.post('/v1/chat/completions', { ...hello, best_of_n: 4 })
  t.strictSame(server.requests[0]?.own.aliases, { best_of_n: 4 })
  t.notOk('best_of_n' in server.requests[0]!.request)
})
