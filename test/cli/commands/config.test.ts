import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { runHere } from '../in-process.ts'
import { run } from '../spawn.ts'

const folder = join(import.meta.dirname, '../../../examples/formats')
const llmproxy = join(folder, 'llmproxy.yaml')

t.test('config convert prints a foreign file as our configuration, with no variables set', async t => {
  const { code, stdout } = await run(t, ['config', 'convert', llmproxy])
  t.equal(code, 0)
  t.match(stdout, /^# Converted from .*llmproxy\.yaml \(llmproxy\)\n/)
  t.match(stdout, /\n# .*llmproxy\.yaml:35:3 cache_params\.host: /)
  t.match(parse(stdout), {
    approach: 'proxy',
    providers: [{ name: 'gpt-4o-mini', api_key: '${OPENAI_API_KEY}', weight: 2 }],
  })
})

t.test('the converted file loads as the same configuration as its source', async t => {
  const env = { OPENAI_API_KEY: 'sk-a', AZURE_API_KEY: 'sk-b', REDIS_HOST: 'r' }
  const { stdout } = await runHere(t, ['config', 'convert', llmproxy])
  const cwd = t.testdir({ 'hulumanage.yaml': stdout })
  const print = async (file: string) =>
    JSON.parse((await runHere(t, ['config', 'print', file, '--json'], { cwd, env })).stdout) as {
      config: object
    }
  t.same((await print('hulumanage.yaml')).config, (await print(llmproxy)).config)
})

t.test('a converted file has time for its longest call and a failover', async t => {
  const file = 'model_list: [{model_name: a, litellm_params: {model: gpt-4o, api_key: k, timeout: 900}}]\n'
  const cwd = t.testdir({ 'config.yaml': file })
  const { stdout } = await runHere(t, ['config', 'convert', 'config.yaml'], { cwd })
  t.match(parse(stdout), { timeouts: { total: 1800 } })
})

t.test('a comment precedes its provider', async t => {
  const cwd = t.testdir({
    'config.yaml':
      'app_name: x\nproviders:\n  - {name: a, type: openai, quota: 5}\n  - {name: b, type: grok}\n',
  })
  const { stdout } = await runHere(t, ['config', 'convert', 'config.yaml'], { cwd })
  t.match(
    stdout,
    /\n {2}# you lose: config\.yaml:3:\d+ providers\[0\]\.quota: not supported; left out\n {2}- name: a\n/,
  )
})

t.test(
  'config convert notes a limit that refers to a variable, whose longest call it cannot know',
  async t => {
    const told = /\n +# works otherwise: .*timeout: leaves time .* set timeouts\.total /
    for (const [limit, isTold] of [
      ['os.environ/LIMIT', true],
      ['900', false],
    ] as const) {
      const file = `model_list: [{model_name: m, litellm_params: {model: openai/x, timeout: ${limit}}}]\n`
      const cwd = t.testdir({ 'config.yaml': file })
      const { stdout } = await runHere(t, ['config', 'convert', 'config.yaml'], { cwd })
      t.equal(told.test(stdout), isTold, stdout)
    }
  },
)

t.test('config convert notes how long a call may be beside the longest that it knows', async t => {
  const model = (limit: string) =>
    `  - {model_name: m, litellm_params: {model: openai/x, timeout: ${limit}}}\n`
  const cwd = t.testdir({ 'config.yaml': `model_list:\n${model('os.environ/LIMIT')}${model('900')}` })
  const { stdout } = await runHere(t, ['config', 'convert', 'config.yaml'], { cwd })
  t.match(parse(stdout), { timeouts: { total: 1800 } })
  t.match(stdout, /timeout: leaves time for a second call up to 900 seconds;/)
})

t.test('config convert accepts a .env file as well', async t => {
  const cwd = t.testdir({
    '.env': 'OPENAI_API_KEYS=a,b\nSERVICE_ENDPOINTS={\n"openai": ["https://x/v1"]\n}\n',
  })
  const { stdout } = await runHere(t, ['config', 'convert', '.env', '--json'], { cwd })
  t.match(JSON.parse(stdout), {
    format: 'environment',
    config: { providers: [{ base_url: 'https://x/v1', api_keys: '${OPENAI_API_KEYS}' }] },
    notes: [],
  })
})

t.test('config convert reports a file that it cannot read', async t => {
  const cwd = t.testdir({ 'ours.yaml': 'port: 1\n', 'broken.yaml': 'model_groups: 5\n' })
  const none = await runHere(t, ['config', 'convert', 'ours.yaml'], { cwd })
  t.match(none, { code: 78, stderr: /ours\.yaml is not in a foreign format/ })
  const broken = await runHere(t, ['config', 'convert', 'broken.yaml'], { cwd })
  t.match(broken, { code: 78, stderr: /broken\.yaml:1:1 model_groups: expected a list/ })
  t.match(await runHere(t, ['config', 'convert'], { cwd }), {
    code: 78,
    stderr: /the file to convert is missing/,
  })
  t.match(await runHere(t, ['config', 'show'], { cwd }), {
    code: 2,
    stderr: /Allowed choices are print, convert/,
  })
})

t.test('config print shows the source of each value, and no secrets', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml':
      'api_keys: [sk-canary]\nproviders:\n  - name: a\n    type: simulated\n    base_url: http://h/?key=canary\n    api_key: ${KEY}\n    headers: {x-token: canary}\n',
  })
  const env = { KEY: 'sk-canary', HULUMANAGE_HOST: 'localhost', HULUMANAGE_BON_N: '4' }
  const { code, stdout } = await runHere(t, ['config', 'print', '--port', '9'], { cwd, env })
  t.equal(code, 0)
  t.match(stdout, /^port: 9 {2}# --port$/m)
  t.match(stdout, /^host: localhost {2}# HULUMANAGE_HOST$/m)
  t.match(stdout, /^ {4}n: 4 {2}# HULUMANAGE_BON_N$/m)
  t.match(stdout, /^ {2}- name: a {2}# hulumanage\.yaml:3$/m)
  t.match(stdout, /^ {4}api_key: "\*\*\*" {2}# hulumanage\.yaml:6 \$\{KEY\}$/m)
  t.match(stdout, /^heartbeat: 10 {2}# default$/m)
  t.notMatch(stdout, 'canary')
  t.ok(parse(stdout))
})

t.test('config print shows positions in a converted file, and check the settings that were lost', async t => {
  const cwd = t.testdir({
    'config.yaml': 'app_name: x\nproviders:\n  - {name: a, type: grok, max_retries: 2}\n',
  })
  const { stdout } = await runHere(t, ['config', 'print'], { cwd })
  t.match(stdout, /max: 2 {2}# config\.yaml:3 providers\[0\]\.max_retries$/m)
  t.match(
    (await runHere(t, ['check'], { cwd })).stdout,
    /config\.yaml \(unified\)[^]*does not matter +config\.yaml:1:1 app_name/,
  )
})
