import t from 'tap'
import fc from 'fast-check'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { Planner, type ChainSelection } from '../../../src/chain/plan/planner.ts'
import { configOf, lookUp, steps, twoProviders } from '../fakes.ts'

function plan(selection: Partial<ChainSelection>, config: ConfigInput = {}) {
  const whole = { model: 'gpt-4', approach: undefined, wrap: undefined, tag: undefined, ...selection }
  return new Planner(lookUp(steps), configOf(config)).plan(whole)
}

const text = (selection: Partial<ChainSelection>, config?: ConfigInput) => plan(selection, config).plan.text
const ofModel = (model: string, config?: ConfigInput) => text({ model }, config)

t.test('makes the same plan of a wrapper wherever it appears, and of proxy_wrap', async t => {
  const plans = [
    plan({ model: 'bon&proxy-gpt-4' }),
    plan({ model: 'proxy-bon-gpt-4' }),
    plan({ model: 'bon-proxy-gpt-4' }),
    plan({ approach: 'proxy', wrap: 'bon' }),
  ]
  for (const { plan, model } of plans) {
    t.equal(plan.text, 'proxy-bon')
    t.equal(model, 'gpt-4')
    t.same(plan.root, plans[0]!.plan.root)
  }
})

t.test('applies a wrapper to its whole parentheses', async t => {
  t.equal(ofModel('bon&(proxy-moa)-x'), 'bon&(proxy-moa)')
  t.equal(ofModel('(moa-proxy)|bon-x'), '(proxy-moa)|bon')
  t.equal(ofModel('((moa)-(bon))-x'), 'moa-bon')
})

t.test('puts whole wrappers around leaf wrappers, in the order of the text', async t => {
  t.equal(ofModel('proxy-bon-cache-tap-x'), 'cache-proxy-tap-bon')
})

t.test('merges a repeated wrapper, even if the other one is in an outer scope', async t => {
  t.equal(ofModel('proxy-proxy-bon-x'), 'proxy-bon')
  t.equal(ofModel('(proxy-bon)&moa-proxy-x'), 'proxy-bon&moa')
  t.equal(text({ approach: '(cache-proxy-bon)' }), 'cache-proxy-bon')
  t.equal(text({ approach: 'proxy-((cache))-(proxy)' }), 'cache-proxy')
})

t.test('reads an empty branch as none, and leaves out an empty stage', async t => {
  t.equal(ofModel('bon|proxy-x'), 'proxy-bon|none')
  t.equal(ofModel('bon&(proxy)-x'), 'bon&(proxy)')
  t.equal(ofModel('proxy-x'), 'proxy')
})

t.test('flattens nested chains that mean the same', async t => {
  t.equal(ofModel('(bon|moa)|re2-x'), 'bon|moa|re2')
  t.equal(ofModel('(bon&moa)&re2-x'), 'bon&moa&re2')
  t.equal(text({ approach: 'none-bon' }), 'bon')
  t.equal(text({ approach: '(bon-moa)-re2' }), 'bon-moa-re2')
})

t.test('accepts any chain in proxy_wrap', async t => {
  t.equal(text({ approach: 'proxy', wrap: 'bon|moa&re2' }), 'proxy-bon|moa&re2')
  t.equal(text({ wrap: 'moa' }, { approach: 'proxy' }), 'proxy-moa')
  t.equal(text({ wrap: 'moa' }, { approach: 'proxy-bon' }), 'proxy-moa')
  t.equal(text({ approach: 'proxy', wrap: 'cache-bon' }), 'cache-proxy-bon')
})

t.test('refuses a proxy_wrap that contains itself', async t => {
  const config = { chains: { fast: 'proxy-bon' } }
  t.throws(() => plan({ approach: 'proxy', wrap: 'proxy' }), {
    code: 'recursive_approach',
    param: 'proxy_wrap',
  })
  t.throws(() => plan({ approach: 'proxy', wrap: 'fast' }, config), { code: 'recursive_approach' })
})

t.test('lets the body field win over the model prefix, which is still stripped', async t => {
  const { plan: chosen, model } = plan({ model: 'moa-gpt-4', approach: 'bon' }, { approach: 're2' })
  t.equal(chosen.text, 'bon')
  t.equal(model, 'gpt-4')
})

t.test('lets a tag win over the model prefix, and the body field over both', async t => {
  t.equal(text({ model: 'moa-x', tag: 're2' }), 're2')
  t.equal(text({ model: 'moa-x', tag: 're2', approach: 'bon' }), 'bon')
})

t.test('lets the model prefix win over the configuration', async t => {
  t.equal(ofModel('moa-x', { approach: 'bon' }), 'moa')
  t.equal(ofModel('x', { approach: 'bon' }), 'bon')
})

t.test('treats auto as no selection', async t => {
  t.equal(text({ model: 'moa-x', approach: 'auto' }), 'moa')
  t.equal(text({ model: 'auto-x' }, { approach: 'bon' }), 'bon')
})

t.test('keeps a default wrapper around what the request names, and replaces a default approach', async t => {
  t.equal(ofModel('moa-x', { approach: 'proxy-bon' }), 'proxy-moa')
  t.equal(text({ approach: 'cache-moa' }, { approach: 'proxy' }), 'cache-proxy-moa')
})

t.test('with none-, skips approaches but not default wrappers', async t => {
  t.same(plan({ model: 'none-moa-x' }, { approach: 'proxy-bon' }).model, 'moa-x')
  t.equal(ofModel('none-moa-x', { approach: 'proxy-bon' }), 'proxy')
  t.equal(ofModel('none-x', { approach: 'bon' }), 'none')
})

t.test('uses the default upstream if one is set, else proxy if there are providers', async t => {
  t.equal(ofModel('x', twoProviders), 'none')
  t.equal(ofModel('x', { ...twoProviders, base_url: undefined }), 'proxy')
  t.equal(ofModel('bon-x', { ...twoProviders, base_url: undefined }), 'proxy-bon')
  t.equal(ofModel('x', { base_url: undefined }), 'none')
})

t.test('takes model ids that providers list or map before chains', async t => {
  t.equal(plan({ model: 'moa-7b' }, twoProviders).model, 'moa-7b')
  t.equal(plan({ model: 'bon-large' }, twoProviders).model, 'bon-large')
  t.equal(plan({ model: 'proxy-bon-large' }, twoProviders).model, 'bon-large')
})

t.test('takes models that match a prefix or pattern of a provider before chains', async t => {
  for (const names of [
    { model_prefixes: ['moa-'] },
    { models: ['moa-*'] },
    { model_map: { 'moa-*': 'x' } },
  ]) {
    const config = { providers: [{ name: 'a', base_url: 'http://localhost:1', ...names }] }
    t.equal(plan({ model: 'moa-9b' }, config).model, 'moa-9b')
    t.equal(plan({ model: 'bon-moa-9b' }, config).model, 'moa-9b')
    t.equal(plan({ model: 'bon-gpt' }, config).model, 'gpt')
  }
  const config = { providers: [{ name: 'a', base_url: 'http://localhost:1', models: ['*'] }] }
  t.equal(plan({ model: 'moa-9b' }, config).model, '9b', 'the * names nothing')
})

t.test(
  'answers the names of OptiLLM with what to use instead, as a field, in a chain and before a model',
  async t => {
    for (const name of [
      'memory',
      'readurls',
      'privacy',
      'executecode',
      'web_search',
      'deep_research',
      'json',
      'mcp',
      'router',
      'coc',
      'spl',
      'deepconf',
      'cot_decoding',
      'entropy_decoding',
      'thinkdeeper',
      'autothink',
    ]) {
      const told = {
        code: 'unknown_approach',
        message: new RegExp(`called "${name}"; OptiLLM has it, this server does not: `),
      }
      t.throws(() => plan({ approach: name }), told)
      t.throws(() => plan({ approach: `bon&${name}` }), told)
      t.throws(() => plan({ model: `${name}-gpt-4` }), told)
      t.throws(() => plan({ model: `bon-${name}-gpt-4` }), told)
      t.equal(plan({ model: name }).model, name, 'a bare name is a model')
      const config = { providers: [{ name: 'a', base_url: 'http://localhost:1', models: [`${name}-gpt-4`] }] }
      t.equal(plan({ model: `${name}-gpt-4` }, config).model, `${name}-gpt-4`)
    }
  },
)

t.test('expands configured chains as if they were in parentheses', async t => {
  const config = { chains: { fast: 'proxy-bon', both: 'fast|moa' } }
  t.equal(ofModel('fast-gpt-4', config), 'proxy-bon')
  t.equal(ofModel('fast&moa-gpt-4', config), '(proxy-bon)&moa')
  t.equal(ofModel('re2-both-gpt-4', config), 're2-(proxy-bon)|moa')
})

t.test('refuses configured chains that contain themselves or grow without end', async t => {
  const loop = { chains: { one: 'bon-two', two: 'one|moa' } }
  t.throws(() => ofModel('one-x', loop), { code: 'recursive_approach', message: /"one" reaches itself/ })
  const chains = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [`c${at}`, at < 29 ? `c${at + 1}&c${at + 1}` : 'bon']),
  )
  t.throws(() => ofModel('c0-x', { chains }), { code: 'chain_too_long' })
})

t.test('suggests the nearest step, with a caret', async t => {
  t.throws(() => ofModel('bon&moaa-x'), {
    code: 'unknown_approach',
    status: 400,
    param: 'model',
    message: /"moaa"; did you mean "moa"\?\n  bon&moaa-x\n {6}\^$/,
  })
  t.throws(() => text({ approach: 'zzzzzzzz' }), {
    param: 'hulumanage_approach',
    message: /hulumanage steps/,
  })
})

t.test('falls back to the configured model, or names the missing field', async t => {
  t.equal(plan({ model: 'moa' }, { model: 'small' }).model, 'small')
  t.equal(plan({ model: '' }, { model: 'small' }).model, 'small')
  t.throws(() => plan({ model: 'moa' }), { code: 'invalid_value', param: 'model', message: /names a chain/ })
  t.throws(() => plan({ model: '' }), { code: 'invalid_value', param: 'model' })
})

t.test('lists each step once', async t => {
  t.same(
    plan({ model: 'bon|bon&moa-proxy-x' }).plan.steps.map(step => step.name),
    ['proxy', 'bon', 'moa'],
  )
})

const { chain } = fc.letrec<Record<'chain' | 'step', string>>(tie => ({
  step: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('bon', 'moa', 'none', 'proxy', 'cache', 'tap'),
    tie('chain').map(inner => `(${inner})`),
  ),
  chain: fc
    .array(fc.tuple(tie('step'), fc.constantFrom('-', '|', '&')), { minLength: 1, maxLength: 4 })
    .map(parts => parts.flat().slice(0, -1).join('')),
}))

t.test('prints plans so that they parse back to the same plan', async () => {
  const config = { limits: { steps: 100_000 } }
  fc.assert(
    fc.property(chain, approach => {
      const first = plan({ approach }, config).plan
      const again = plan({ approach: first.text }, config).plan
      return again.text === first.text && JSON.stringify(again.root) === JSON.stringify(first.root)
    }),
    { numRuns: 500 },
  )
})

t.test(
  'a name of a model that reads as a chain is refused with the way to name it, and works once it is listed',
  async t => {
    for (const model of ['r&d-assistant', 'Qwen2.5 7B (Q4_K_M)']) {
      t.throws(() => plan({ model }), { message: /a provider must list it in `models`/ })
      const providers = [{ name: 'p', base_url: 'http://localhost:1/v1', models: [model] }]
      t.equal(plan({ model }, { providers }).model, model)
    }
    t.throws(() => plan({ approach: 'r&d' }), { message: /^(?!.*`models`)/ })
  },
)

t.test('a name whose file did not load is a step that is missing, never part of a model', async t => {
  const names = { ...lookUp(steps), isBroken: (name: string) => name === 'mine' }
  const config = configOf({
    providers: [
      {
        name: 'a',
        base_url: 'http://localhost:1',
        models: ['mine-7b', 'mine-x*'],
        model_prefixes: ['mine-y'],
      },
    ],
  })
  const planner = new Planner(names, config)
  const told = {
    code: 'unknown_approach',
    message: /"mine"; its file did not load; `hulumanage steps` says why/,
  }
  const none = { approach: undefined, wrap: undefined, tag: undefined }
  t.throws(() => planner.plan({ ...none, model: 'mine-gpt-4' }), told)
  t.throws(() => planner.plan({ ...none, model: 'mine-gpt-4' }), {
    message: /says why; if it is the name of a model, a provider must list it in `models`/,
  })
  t.throws(() => planner.plan({ ...none, model: 'bon&mine-gpt-4' }), told)
  t.throws(() => planner.plan({ ...none, model: 'gpt-4', approach: 'mine' }), told)
  for (const model of ['mine-7b', 'mine-xl', 'mine-yl'])
    t.equal(planner.plan({ ...none, model }).model, model, 'a provider lists it')
})
