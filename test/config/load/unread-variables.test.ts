import t from 'tap'
import { unreadVariables } from '../../../src/config/load/unread-variables.ts'
import { renderProblem } from '../../../src/config/problems.ts'
import mcts from '../../../approaches/mcts.ts'
import { load } from '../formats/load.ts'

t.test('a variable that nothing reads is reported with the reason or the nearest name', async t => {
  const env = {
    HULUMANAGE_PROT: '9000',
    OPTILLM_LOG_CONVERSATIONS: 'true',
    OPTILLM_N: '3',
    HULUMANAGE_ZZZZZZZZ: '1',
    // Read, empty, or somebody else's.
    HULUMANAGE_PORT: '9000',
    OPTILLM_BASE_URL: 'http://localhost:1/v1',
    OPTILLM_SIMULATIONS: '3',
    hulumanage_log_level: 'debug',
    HULUMANAGE_EMPTY: '',
    HULUMANAGE_SERVICE_HOST: '10.0.0.1',
    HULUMANAGE_PORT_8000_TCP_ADDR: '10.0.0.1',
    HULUMANAGE_WORKER_PLACE: '1',
    HULUMANAGE_OWN_KEY: 'in the file',
    PATH: '/bin',
  }
  const loaded = load(t, {}, { env })
  t.same(unreadVariables(loaded, [mcts], 'api_key: ${HULUMANAGE_OWN_KEY}').map(renderProblem), [
    'HULUMANAGE_PROT: nothing reads this variable (did you mean HULUMANAGE_PORT?)',
    'OPTILLM_LOG_CONVERSATIONS: nothing reads this variable (prompts and answers are not logged; ledger.bodies in the configuration keeps them)',
    'OPTILLM_N: nothing reads this variable (set n in the request)',
    'HULUMANAGE_ZZZZZZZZ: nothing reads this variable',
  ])
})

t.test('the key of a client is pointed out to a server without keys', async t => {
  const env = { HULUMANAGE_KEY: 'abc' }
  t.same(unreadVariables(load(t, {}, { env }), [mcts], '').map(renderProblem), [
    'HULUMANAGE_KEY: only `ask --server` reads this variable (did you mean HULUMANAGE_API_KEY?)',
  ])
  const keyed = load(t, {}, { env: { ...env, HULUMANAGE_API_KEY: 'sk-server-key' } })
  t.same(unreadVariables(keyed, [mcts], ''), [])
})

t.test('a key that OptiLLM sends to its base URL is pointed out if no key is sent', async t => {
  const env = { CEREBRAS_API_KEY: 'abc', OPTILLM_BASE_URL: 'https://api.cerebras.ai/v1' }
  const told = (more: NodeJS.ProcessEnv, text = '') =>
    unreadVariables(load(t, {}, { env: { ...env, ...more } }), [mcts], text).map(renderProblem)
  t.same(told({}), [
    'CEREBRAS_API_KEY: is not sent to the service at base_url, which is called without a key (name it OPENAI_API_KEY, or configure a provider)',
  ])
  t.same(told({ OPENAI_API_KEY: 'sk-own' }), [])
  t.same(told({}, 'api_key: ${CEREBRAS_API_KEY}'), [])
  t.same(told({ OPTILLM_BASE_URL: '' }), [])
  t.same(
    told({ OPTILLM_BASE_URL: '', OPENAI_BASE_URL: 'http://localhost:11434/v1' }),
    [],
    'OptiLLM sends none there',
  )
  t.same(told({ OPTILLM_BASE_URL: 'https://user:pass@host.example/v1' }), [], 'has credentials')
  t.same(
    told({ OPTILLM_BASE_URL: 'https://host.example/v1' }),
    [
      'CEREBRAS_API_KEY: is not sent to the service at base_url, which is called without a key (configure a provider)',
    ],
    'no advice to send a key to others than its service',
  )
  const file = load(
    t,
    { 'hulumanage.yaml': 'base_url: https://api.cerebras.ai/v1' },
    { env: { CEREBRAS_API_KEY: 'abc' } },
  )
  t.same(unreadVariables(file, [mcts], ''), [], 'a file says itself what is sent')
})

t.test('a base URL without a path is pointed out, unless the service has its API there', async t => {
  const provider = (name: string, more: string) => `  - {name: ${name}, ${more}}\n`
  const { warnings } = load(t, {
    'hulumanage.yaml': `providers:\n${[
      provider('a', 'base_url: "http://localhost:5199"'),
      provider('b', 'base_url: "http://localhost:5199/v1"'),
      provider('c', 'base_url: "https://claude.example/", type: anthropic'),
      provider('d', 'base_url: "https://api.deepseek.com"'),
      provider('e', 'base_url: "https://mine.openai.azure.com"'),
      provider('f', 'base_url: "http://localhost:5199", type: azure'),
      provider('g', 'base_url: "http://localhost:5199//"'),
    ].join('')}`,
  })
  t.same(warnings.map(renderProblem), [
    'hulumanage.yaml:2:15 providers[0].base_url: has no path (most services have their API at http://localhost:5199/v1)',
    'hulumanage.yaml:8:15 providers[6].base_url: has no path (most services have their API at http://localhost:5199/v1)',
  ])
})
