import t from 'tap'
import type { Test } from 'tap'
import { timeoutsOf } from '../../src/attempt/options.ts'
import { configSchema, providerSchema } from '../../src/config/schema.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'
import { ask } from '../call.ts'

type Timeouts = ConfigInput['timeouts']

/** Seconds to the whole answer and to the first content. */
function secondsFor(t: Test, url: string, fields: object = {}, timeouts: Timeouts = {}, more: object = {}) {
  const provider = new Provider(
    providerSchema.parse({ name: 'p', base_url: url, api_key: 'sk-test', ...more }),
    openaiKind,
    1_000,
  )
  t.teardown(() => provider.dispatcher.destroy())
  const { requestMs, firstTokenMs } = timeoutsOf(
    configSchema.parse({ timeouts }),
    provider,
    ask('hello', fields),
  )
  return [requestMs / 1_000, firstTokenMs / 1_000]
}

const far = 'https://api.example.com/v1'

t.test('an answer has 30 s, one of a model known to think 300 s', async t => {
  for (const model of ['gpt-4o', 'gpt-4.1-mini', 'llama-3.3-70b', 'claude-sonnet-4-5', 'o2-search', 'turbo3'])
    t.strictSame(secondsFor(t, far, { model }), [30, 30], model)
  for (const model of ['o3', 'openai/o4-mini', 'gpt-5.1', 'gpt-oss-120b', 'DeepSeek-R1', 'deepseek-reasoner'])
    t.strictSame(secondsFor(t, far, { model }), [300, 300], model)
  for (const model of [
    'qwq-32b',
    'qwen3:8b',
    'gemini-2.5-pro',
    'kimi-k2-thinking',
    'moonshotai/kimi-k2.6',
    'accounts/fireworks/models/kimi-k2p5',
    'doubao-seed-1.6',
    'doubao-seed-1-6-251015',
    'grok-4',
    'o3-deep-research',
  ])
    t.strictSame(secondsFor(t, far, { model }), [300, 300], model)
})

t.test('a request that asks for thinking has as long, and one that switches it off has not', async t => {
  t.strictSame(secondsFor(t, far, { model: 'm', reasoning_effort: 'high' }), [300, 300])
  t.strictSame(secondsFor(t, far, { model: 'm', thinking: { type: 'enabled' } }), [300, 300])
  t.strictSame(secondsFor(t, far, { model: 'gpt-5.1', reasoning_effort: 'none' }), [30, 30])
  for (const on of [
    { reasoning: { effort: 'low' } },
    { reasoning: { enabled: true } },
    { reasoning: { summary: 'auto' } },
    { reasoning: { exclude: true } },
    { include_reasoning: true },
    { think: true },
    { thinking: true },
    { thinking: { type: 'adaptive' } },
    { enable_thinking: true },
    { chat_template_kwargs: { enable_thinking: true } },
    { extra_body: { google: { thinking_config: { thinking_budget: 1024 } } } },
  ])
    t.strictSame(secondsFor(t, far, { model: 'm', ...on }), [300, 300], JSON.stringify(on))
  for (const off of [
    { reasoning: { effort: 'none' } },
    { reasoning: { enabled: false } },
    { reasoning: { enabled: false, summary: 'auto' } },
    { think: false },
    { thinking: false },
    { thinking: { type: 'disabled' } },
    { enable_thinking: false },
    { chat_template_kwargs: { enable_thinking: false } },
    { extra_body: { google: { thinking_config: { thinking_budget: 0 } } } },
  ])
    t.strictSame(secondsFor(t, far, { model: 'qwen3:8b', ...off }), [30, 30], JSON.stringify(off))
  t.strictSame(secondsFor(t, far, { model: 'qwen3:8b', extra_body: { top_k: 1 } }), [300, 300], 'neither')
  t.strictSame(
    secondsFor(t, far, { model: 'm', reasoning: {}, include_reasoning: false }),
    [30, 30],
    'nothing',
  )
})

t.test('the name that the provider uses decides', async t => {
  t.strictSame(secondsFor(t, far, { model: 'smart' }, {}, { model_map: { smart: 'o3' } }), [300, 300])
})

t.test('a provider in a private network has time to load a model and to read a long prompt', async t => {
  const near = ['localhost:11434', '127.0.0.1:8080', '[::1]:80', '10.1.2.3', '172.20.0.2', '192.168.1.9']
  for (const host of [...near, 'ollama:11434', 'gpu.local', '100.64.0.7'])
    t.strictSame(secondsFor(t, `http://${host}/v1`, { model: 'm' }), [300, 300], host)
  for (const host of [
    '172.32.0.1',
    '11.0.0.1',
    '192.169.1.1',
    '100.128.0.1',
    '[2606::1]',
    'localhost.example.com',
  ])
    t.strictSame(secondsFor(t, `http://${host}/v1`, { model: 'm' }), [30, 30], host)
})

t.test(
  'timeouts of the configuration hold whatever the model, and those of a provider before them',
  async t => {
    const near = 'http://localhost:11434/v1'
    t.strictSame(secondsFor(t, near, { model: 'o3' }, { request: 7 }), [7, 7])
    t.strictSame(secondsFor(t, near, { model: 'o3' }, { request: 7, first_token: 3 }), [7, 3])
    t.strictSame(secondsFor(t, far, { model: 'o3' }, { first_token: 3 }), [300, 3])
    t.strictSame(
      secondsFor(t, far, { model: 'o3' }, { request: 7, first_token: 3 }, { timeout: 90 }),
      [90, 90],
    )
  },
)
