import t from 'tap'
import { load, notesOf } from '../load.ts'

t.test('the time limit of the router has precedence over that of all calls', async t => {
  const timeoutOf = (sections: string): number | undefined => {
    const text = `model_list: [{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}]\n${sections}`
    return load(t, { 'config.yaml': text }).config.timeouts.request
  }
  t.equal(timeoutOf('litellm_settings: {request_timeout: 60}\nrouter_settings: {timeout: 20}\n'), 20)
  t.equal(timeoutOf('litellm_settings: {request_timeout: 60}\nrouter_settings: {}\n'), 60)
})

t.test('an entry that is left out takes no retries from the others of its name', async t => {
  const text = `model_list:
  - {model_name: here, litellm_params: {model: gpt-4o, api_key: k}}
  - {model_name: here, litellm_params: {model: bedrock/gpt-4o}}
router_settings: {num_retries: 2}
`
  t.match(load(t, { 'config.yaml': text }).config.providers, [{ name: 'here', retries: { max: 2 } }])
})

t.test('logs in JSON stay so', async t => {
  const text = `model_list: [{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}]
litellm_settings: {json_logs: true}
`
  const loaded = load(t, { 'config.yaml': text })
  t.equal(loaded.config.monitoring.log_format, 'json')
  t.strictSame(notesOf(loaded), [])
})
