import t from 'tap'
import type { Test } from 'tap'
import { load, notesOf } from '../load.ts'

const entries = ['a', 'b', 'c'].map(
  name =>
    `  - {model_name: ${name}, litellm_params: {model: ${name}, api_key: k, max_parallel_requests: 10}}\n`,
)
const withSections = (sections: string) => ({ 'config.yaml': `model_list:\n${entries.join('')}${sections}` })

t.test('fallbacks of * are those of every model without fallbacks of its own', async t => {
  const loaded = load(
    t,
    withSections(
      'router_settings: {fallbacks: [{a: [b]}, {b: []}, {"*": [a, c]}], model_group_alias: {alias: c}}\nlitellm_settings: {default_fallbacks: [b]}\n',
    ),
  )
  t.same(loaded.config.fallbacks.any, { a: ['b'], c: ['a', 'b'], alias: ['a', 'b'] })
  t.same(notesOf(loaded), [], 'an empty list is no list that is lost')
})

t.test('context and policy fallbacks of * are those of every model without its own', async t => {
  const { config } = load(
    t,
    withSections(
      'router_settings: {context_window_fallbacks: [{"*": [c]}, {a: [b]}]}\nlitellm_settings: {content_policy_fallbacks: [{"*": [a]}]}\n',
    ),
  )
  t.same(config.fallbacks.context, { a: ['b'], b: ['c'] })
  t.same(config.fallbacks.policy, { b: ['a'], c: ['a'] })
})

t.test('retries of an entry and the time before them are kept', async t => {
  const { providers } = load(t, {
    'config.yaml': `model_list:
  - {model_name: a, litellm_params: {model: a, api_key: k, num_retries: 4}}
  - {model_name: b, litellm_params: {model: b, api_key: k}}
router_settings: {num_retries: 2, retry_after: 3}
`,
  }).config
  t.match(providers, [{ retries: { max: 4, delay: 3 } }, { retries: { max: 2, delay: 3 } }])
})

t.test('a fallback may be a model that a pattern matches; one that nothing serves is noted', async t => {
  const entries = `model_list:
  - {model_name: "openai/*", litellm_params: {model: "openai/*", api_key: k}}
  - {model_name: a, litellm_params: {model: gpt-4o, api_key: k}}
  - {model_name: b, litellm_params: {model: bedrock/x}}
`
  const loaded = load(t, {
    'config.yaml': `${entries}litellm_settings:
  fallbacks: [{a: [openai/gpt-5, b, gone]}, {openai/o3: [a]}]
  context_window_fallbacks: [{a: [gone, openai/gpt-4.1]}, {lost: [a]}]
`,
  })
  t.same(loaded.config.fallbacks, {
    any: { a: ['openai/gpt-5'], 'openai/o3': ['a'] },
    context: { a: ['openai/gpt-4.1'] },
    policy: {},
  })
  t.match(notesOf(loaded), [
    /context_window_fallbacks\[0\]\.a\[0\]: gone is not a model_name/,
    /context_window_fallbacks\[1\]\.lost: lost is not a model_name/,
    /litellm_settings\.fallbacks\[0\]\.a\[1\]: b has no service that is supported; left out of fallbacks/,
    /litellm_settings\.fallbacks\[0\]\.a\[2\]: gone is not a model_name/,
    /model_list\[2\].*the service bedrock is not supported/,
  ])
})

/** Loads a file with some models, by their names at LiteLLM. */
const withModels = (t: Test, models: Readonly<Record<string, string>>, router: string, more = '') =>
  load(t, {
    'config.yaml': `model_list:\n${Object.entries(models)
      .map(
        ([name, model]) => `  - {model_name: "${name}", litellm_params: {model: "${model}", api_key: k}}\n`,
      )
      .join('')}router_settings: {${router}}\n${more}`,
  })
/** The models that fallbacks of a pattern ask for, in their order. */
const fallbacksOf = ({ config }: ReturnType<typeof load>, name: string) =>
  config.providers
    .filter(({ fallback_only: isFallback, models }) => isFallback && models?.includes(name))
    .toSorted((left, right) => left.priority - right.priority)
    .map(({ type, model_map: map }) => `${type}/${map[name]}`)

t.test('a list of which nothing is left is left out', async t => {
  const models = { 'openai/*': 'openai/*', a: 'gpt-4o' }
  for (const list of ['"openai/o3": [gone]', '"openai/o3": []', 'al: [gone]', 'al: []']) {
    const { config } = withModels(t, models, `fallbacks: [{${list}}], model_group_alias: {al: a}`)
    t.same(config.fallbacks.any, {}, list)
  }
})

t.test('fallbacks of a pattern may be aliases, and names that a pattern matches', async t => {
  const models = { 'openai/*': 'openai/*', 'anthropic/*': 'anthropic/*', b: 'groq/llama' }
  const of = (name: string, router: string, more = '') =>
    fallbacksOf(withModels(t, models, router, more), name)
  t.same(of('anthropic/*', 'fallbacks: [{"anthropic/*": [openai/gpt-4o]}]'), ['openai/gpt-4o'])
  t.same(of('anthropic/*', 'fallbacks: [{"anthropic/*": [openai/gpt-4o, b]}]'), [
    'openai/gpt-4o',
    'groq/llama',
  ])
  t.same(of('openai/*', 'fallbacks: [{"openai/*": [al]}], model_group_alias: {al: b}'), ['groq/llama'])
  const common = { '*': 'openrouter/*', 'openai/*': 'openai/*' }
  const loaded = withModels(t, common, '', 'litellm_settings: {default_fallbacks: [openai/gpt-4o-mini]}\n')
  t.same(fallbacksOf(loaded, '*'), ['openai/gpt-4o-mini'])
  t.same(fallbacksOf(loaded, 'openai/*'), ['openai/gpt-4o-mini'])
})

t.test('a pattern is not asked, and has no fallbacks by cause', async t => {
  const models = { 'openai/*': 'openai/*', a: 'gpt-4o' }
  const loaded = withModels(
    t,
    models,
    'fallbacks: [{a: ["openai/*"]}], context_window_fallbacks: [{"openai/*": [a]}], content_policy_fallbacks: [{"*": [openai/o3]}]',
  )
  t.same(loaded.config.fallbacks, { any: {}, context: {}, policy: { a: ['openai/o3'] } })
  t.match(notesOf(loaded), [
    /context_window_fallbacks\[0\].*: openai\/\* is a pattern, but these fallbacks need the name of a model/,
    /content_policy_fallbacks\[0\].*: they do not apply to models that only a pattern matches/,
    /fallbacks\[0\]\.a\[0\]: openai\/\* is a pattern, not a model; left out of fallbacks/,
  ])
})

t.test('an alias with fallbacks of its own has none of its group', async t => {
  const lists = 'model_group_alias: {al: a}, fallbacks: [{al: [b]}, {a: [c]}]'
  const limited = load(t, withSections(`router_settings: {${lists}}\n`))
  t.same(limited.config.fallbacks.any, { al: ['b'], a: ['c'] })
  const copied = withModels(t, { a: 'gpt-4o', b: 'gpt-4.1', c: 'o3' }, lists)
  t.same(copied.config.fallbacks.any, { al: ['b'] })
  t.same(
    copied.config.providers.filter(({ fallback_only: isFallback }) => isFallback).map(({ models }) => models),
    [['a']],
  )
})

t.test('a model whose own entry is left out is still a fallback if a pattern serves it', async t => {
  const { config } = withModels(
    t,
    { a: 'gpt-4o', b: 'bedrock/b', '*': 'openrouter/*' },
    'fallbacks: [{a: [b]}]',
  )
  t.same(config.fallbacks.any, { a: ['b'] })
})

t.test('the lists of the router take precedence, and what is not a list of names is noted', async t => {
  const loaded = load(
    t,
    withSections(
      'router_settings: {fallbacks: [{a: [b]}, c, {b: [{model: c}]}]}\nlitellm_settings: {fallbacks: [{a: [c]}]}\n',
    ),
  )
  t.same(loaded.config.fallbacks.any, { a: ['b'] })
  t.match(notesOf(loaded), [
    /litellm_settings\.fallbacks: router_settings has it, too, and takes precedence/,
    /router_settings\.fallbacks\[1\]: expected a model and its fallbacks/,
    /router_settings\.fallbacks\[2\]\.b\[0\]: expected the name of a model/,
  ])
})

t.test('a group does not fall back to itself, or to an alias of it', async t => {
  const lists = 'model_group_alias: {al: a}'
  const more = 'litellm_settings: {default_fallbacks: [openai/o3, al, a]}\n'
  const { config } = withModels(t, { a: 'gpt-4o', 'openai/*': 'openai/*' }, lists, more)
  t.same(config.fallbacks.any, { a: ['openai/o3'], al: ['openai/o3'] })
})

t.test('no list makes a model fall back to itself under another name', async t => {
  const models = { a: 'gpt-4o', c: 'o3' }
  const aliases = 'model_group_alias: {al: a, other: a}'
  for (const [key, cause] of [
    ['fallbacks', 'any'],
    ['context_window_fallbacks', 'context'],
    ['content_policy_fallbacks', 'policy'],
  ] as const) {
    const loaded = (list: string) => withModels(t, models, `${aliases}, ${key}: [${list}]`)
    t.same(loaded('{al: [a, other, al]}').config.fallbacks[cause], {}, key)
    t.same(loaded('{al: [a, c]}').config.fallbacks[cause], { al: ['c'] }, key)
    if (cause === 'any') continue
    t.same(loaded('{a: [al, c]}').config.fallbacks[cause], { a: ['c'] }, key)
    const all = loaded('{"*": [a, al, c]}')
    t.same(all.config.fallbacks[cause], { a: ['c'], al: ['c'], other: ['c'], c: ['a', 'al'] }, key)
    t.same(notesOf(all), [])
  }
})
