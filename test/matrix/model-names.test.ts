// Which text of `model` reaches a provider as a name, and which is a chain, through the whole server.
import t from 'tap'
import { answer } from '../fake-provider.ts'
import { errorOf } from './error-shape.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

/** The models that the provider was asked for since. */
async function sentFor(server: Served, model: string) {
  const [fake] = server.fakes
  const before = fake!.requests.length
  const heard = await server.client.ask({ model })
  const sent = new Set(fake!.requests.slice(before).map(({ body }) => body['model']))
  return { heard, sent: [...sent] }
}

// https://github.com/BerriAI/litellm/issues/38216
t.test('the name of a model reaches its provider letter by letter', async t => {
  const server = await serve(t, [answer()])
  for (const model of [
    'gpt-4-0613',
    'meta-llama/Llama-3.1-8B-Instruct:free',
    'anthropic.claude-3-5-sonnet-20240620-v1:0',
    'ft:gpt-3.5-turbo:my-org:custom_suffix:id',
    '@cf/meta/llama-3-8b',
    'accounts/fireworks/models/x',
    'hf.co/bartowski/X-GGUF:Q4_K_M',
    'claude-3.5-sonnet@20240620',
    'my model',
    'BON-gpt-4',
    'constructor',
    '__proto__',
    'toString',
    '模型-1',
  ])
    t.strictSame((await sentFor(server, model)).sent, [model])
})

t.test('a name behind a chain reaches the provider without it', async t => {
  const server = await serve(t, [answer()])
  for (const [text, chain, model] of [
    ['bon-openai/gpt-4o', 'proxy-bon', 'openai/gpt-4o'],
    ['moa&proxy-gpt-4-0613', 'proxy-moa', 'gpt-4-0613'],
    ['re2-deepseek-r1:32b', 'proxy-re2', 'deepseek-r1:32b'],
    ['none-bon', 'proxy', 'bon'],
  ] as const) {
    const { heard, sent } = await sentFor(server, text)
    t.strictSame(sent, [model])
    t.equal(heard.headers['x-hulumanage-approach'], chain, text)
  }
})

/** Names that could be chains, and the error of each while no provider names it. */
const chains = {
  'Qwen2.5 7B (Q4_K_M)': 'invalid_chain',
  'r&d-assistant': 'unknown_approach',
  'a|b': 'unknown_approach',
  none: 'invalid_value',
  proxy: 'invalid_value',
  bon: 'invalid_value',
  auto: 'invalid_value',
  cache: 'invalid_value',
  z3: 'invalid_value',
}

t.test('a name that is a chain, or a mistake in one, costs no call', async t => {
  const server = await serve(t, [answer()])
  for (const [name, code] of Object.entries(chains)) {
    const { heard, sent } = await sentFor(server, name)
    t.equal(heard.status, 400, name)
    t.match(errorOf(t, heard), { code }, name)
    t.strictSame(sent, [])
  }
})

t.test('the same name is a model where a provider lists or maps it', async t => {
  const names = Object.keys(chains)
  const model_map = Object.fromEntries(names.map(name => [name, name]))
  for (const entry of [{ models: names }, { model_map }]) {
    const server = await serve(t, [answer()], { entries: [entry] })
    for (const name of names) t.strictSame((await sentFor(server, name)).sent, [name])
  }
})

t.test('a name that begins like a chain is a model where a prefix of a provider matches it', async t => {
  const server = await serve(t, [answer(), answer()], {
    entries: [{ model_prefixes: ['mars-', 'leap-'] }, { models: ['bon-7b'] }],
  })
  for (const model of ['mars-7b', 'leap-70b-instruct'])
    t.strictSame((await sentFor(server, model)).sent, [model])
  await server.client.ask({ model: 'bon-7b' })
  t.strictSame(server.fakes[1]!.requests[0]?.body['model'], 'bon-7b')
})
