import t from 'tap'
import { load, notesOf } from '../load.ts'

const entries = ['a', 'b', 'c'].map(
  name => `  - {model_name: ${name}, litellm_params: {model: ${name}, api_key: k, rpm: 10}}\n`,
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
    /context_window_fallbacks: gone is not a model_name/,
    /context_window_fallbacks: lost is not a model_name/,
    /litellm_settings: b has no service that is supported; left out of fallbacks/,
    /litellm_settings: gone is not a model_name/,
    /model_list\[2\].*the service bedrock is not supported/,
  ])
})
