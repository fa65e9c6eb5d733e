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
