import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { loadConfig } from '../../../src/config/load/load.ts'
import type { LoadedConfig, LoadOptions } from '../../../src/config/load/load.ts'
import { ConfigError, renderProblem } from '../../../src/config/problems.ts'

interface Setup extends Partial<LoadOptions> {
  readonly files?: Readonly<Record<string, string>>
}

/** Loads in a fresh working folder `cwd` beside a fresh `home`; `file` is short for `cwd/hulumanage.yaml`. */
function load(t: Test, file: string | undefined, { files = {}, ...options }: Setup = {}): LoadedConfig {
  const all = file === undefined ? files : { ...files, 'cwd/hulumanage.yaml': file }
  const root = t.testdir({ cwd: {}, home: {}, ...folders(all) })
  return loadConfig({ cwd: join(root, 'cwd'), home: join(root, 'home'), env: {}, ...options })
}

type Folder = { [name: string]: string | Folder }

function folders(files: Readonly<Record<string, string>>): Folder {
  const root: Folder = {}
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split('/')
    let folder = root
    for (const part of parts.slice(0, -1)) folder = (folder[part] ??= {}) as Folder
    folder[parts.at(-1)!] = text
  }
  return { cwd: {}, home: {}, ...root }
}

function problems(t: Test, file: string | undefined, setup: Setup = {}): string[] {
  try {
    load(t, file, setup)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(renderProblem)
    throw error
  }
  return []
}

t.test('without any configuration, all defaults apply', async t => {
  const { config, file, searched, sources } = load(t, undefined)
  t.equal(file, undefined)
  t.equal(searched.length, 8)
  t.match(config, { providers: [], host: '127.0.0.1', port: 8000, approach: 'auto', base_url: undefined })
  t.match(config, { timeouts: { idle: 30, connect: 5 }, queue: { max_concurrent: 100, timeout: 60 } })
  t.match(config.routing, { cooldown: 5, max_cooldown: 20, slow_start: 10 }, 'back soon after an outage')
  t.ok(Object.values(sources).every(source => source === 'default'))
})

t.test('the configuration is frozen, all the way down', async t => {
  const { config } = load(t, 'providers: [{name: a, model_map: {x: y}}]')
  t.throws(() => Object.assign(config.providers[0]!.model_map, { x: 'z' }), TypeError)
  t.throws(() => Object.assign(config.routing.health_check, { interval: 1 }), TypeError)
})

t.test('files are found in order', async t => {
  const places = [
    'home/.optillm/proxy_config.yml',
    'home/.optillm/proxy_config.yaml',
    'home/.hulumanage/proxy_config.yml',
    'home/.hulumanage/proxy_config.yaml',
    'cwd/hulumanage.yml',
    'cwd/hulumanage.yaml',
  ]
  const files: Record<string, string> = {}
  for (const [index, place] of places.entries()) {
    files[place] = `port: ${index + 1}`
    const loaded = load(t, undefined, { files })
    t.equal(loaded.config.port, index + 1)
    t.match(loaded.file, place)
    t.equal(loaded.sources['port'], 'file')
  }
  const named = { 'cwd/a.yaml': 'port: 11', 'cwd/b.json': '{"port": 12}', ...files }
  const env = { HULUMANAGE_CONFIG: 'a.yaml' }
  t.equal(load(t, undefined, { files: named, env }).config.port, 11)
  t.equal(load(t, undefined, { files: named, env, flags: { config: './b.json' } }).config.port, 12)
})

t.test('a named file in the home folder may be written with a tilde', async t => {
  const env = { HULUMANAGE_CONFIG: '~/x.yaml' }
  t.equal(load(t, undefined, { files: { 'home/x.yaml': 'port: 1' }, env }).config.port, 1)
})

t.test('a named file that is missing or not a file is an error', async t => {
  const flags = { config: 'nowhere.yaml' }
  t.strictSame(problems(t, 'port: 1', { flags }), ['nowhere.yaml: file not found (named by --config)'])
  t.match(problems(t, undefined, { env: { HULUMANAGE_CONFIG: '.' } }), [
    /this is a folder, not a file \(named by HULUMANAGE_CONFIG\)/,
  ])
})

t.test('a flag wins over the environment, that over the file, that over the default', async t => {
  const file = 'port: 1\nhost: filehost\napproach: re2\nmonitoring: {log_level: ERROR, track_errors: false}'
  const env = { HULUMANAGE_PORT: '2', HULUMANAGE_HOST: 'envhost', HULUMANAGE_LOG: 'warning' }
  const { config, sources } = load(t, file, { env, flags: { port: '3' } })
  t.match(config, { port: 3, host: 'envhost', approach: 're2', drain_timeout: 30 })
  t.match(config.monitoring, { log_level: 'warning', track_errors: false, track_latency: true })
  t.match(sources, { port: 'flag', host: 'environment', approach: 'file', drain_timeout: 'default' })
  t.match(sources, { monitoring: 'file', 'monitoring.log_level': 'environment' })
})

t.test('variables of OptiLLM count, after ours; ours count in any case; empty ones do not', async t => {
  t.equal(load(t, undefined, { env: { OPTILLM_PORT: '1' } }).config.port, 1)
  t.equal(load(t, undefined, { env: { OPTILLM_PORT: '1', HULUMANAGE_PORT: '2' } }).config.port, 2)
  t.equal(load(t, 'port: 3', { env: { HULUMANAGE_PORT: '' } }).config.port, 3)
  t.equal(load(t, 'port: 3', { env: { HULUMANAGE_PORT: 'tcp://10.0.0.1:80' } }).config.port, 3)
  for (const name of ['hulumanage_LOG_LEVEL', 'OPTILLM_LOG_LEVEL', 'OPTILLM_LOG', 'hulumanage_log']) {
    t.equal(load(t, undefined, { env: { [name]: 'DEBUG' } }).config.monitoring.log_level, 'debug', name)
  }
})

t.test('keys of clients may be repeated, or separated by commas', async t => {
  const keys = ['a', 'b']
  t.strictSame(load(t, undefined, { flags: { apiKey: keys } }).config.api_keys, keys)
  t.strictSame(load(t, undefined, { env: { HULUMANAGE_API_KEYS: 'a, b' } }).config.api_keys, keys)
  t.strictSame(load(t, 'api_keys: [c]', { env: { OPTILLM_API_KEY: 'a,b,' } }).config.api_keys, keys)
})

t.test('.env in the working folder is read, and the real environment wins over it', async t => {
  const files = { 'cwd/.env': 'HULUMANAGE_PORT=1\nHULUMANAGE_HOST="dotenv"\nKEY=from-dotenv\n' }
  const { config, watched } = load(t, 'base_url: http://a\napi_key: ${KEY}', {
    files,
    env: { HULUMANAGE_PORT: '2' },
  })
  t.match(config, { port: 2, host: 'dotenv', api_key: 'from-dotenv' })
  t.match(watched, [/hulumanage\.yaml$/, /\.env$/])
})

t.test('.env chooses neither code nor trusted files', async t => {
  const names = ['HULUMANAGE_PLUGINS_DIR', 'hulumanage_config', 'LLMPROXY_CONFIG', 'OPTILLM_SSL_CERT_PATH']
  for (const name of names) {
    const { config, file, notes } = load(t, undefined, { files: { 'cwd/.env': `${name}=./evil` } })
    t.match({ config, file }, { config: { plugins_dir: [], ca_file: undefined }, file: undefined }, name)
    t.match(notes.map(renderProblem), [new RegExp(`^\\.env ${name}: chooses code or trusted files`)])
  }
  const real = { HULUMANAGE_PLUGINS_DIR: './mine' }
  const { config, notes } = load(t, undefined, {
    files: { 'cwd/.env': 'HULUMANAGE_PLUGINS_DIR=./evil' },
    env: real,
  })
  t.match(config.plugins_dir, [/cwd\/mine$/])
  t.same(notes, [])
})

t.test('.env does not choose where a key of the real environment is sent', async t => {
  const addresses = ['OPENAI_BASE_URL', 'HULUMANAGE_BASE_URL', 'hulumanage_base_url', 'OPTILLM_BASE_URL']
  for (const name of addresses) {
    const files = { 'cwd/.env': `${name}=http://evil` }
    const { config, notes } = load(t, undefined, { files, env: { OPENAI_API_KEY: 'sk' } })
    t.match(config, { base_url: 'https://api.openai.com/v1', api_key: 'sk' }, name)
    t.match(notes.map(renderProblem), [/would send OPENAI_API_KEY of the environment to that address/])
    const own = { 'cwd/.env': `${name}=http://own\nOPENAI_API_KEY=sk-own` }
    t.match(load(t, undefined, { files: own }).config, { base_url: 'http://own', api_key: 'sk-own' })
    const named = load(t, `base_url: \${${name}}`, { files, env: { OPENAI_API_KEY: 'sk' } })
    t.match(named.config, { base_url: 'http://evil', api_key: undefined }, 'a file may name it')
  }
  const endpoints = {
    'cwd/.env': `SERVICE_ENDPOINTS={"anthropic": ["http://evil"]}\nANTHROPIC_BASE_URL=http://evil`,
  }
  const { config } = load(t, undefined, { files: endpoints, env: { ANTHROPIC_API_KEYS: 'a,b' } })
  t.match(config.providers, [{ base_url: 'https://api.anthropic.com/v1', api_keys: ['a', 'b'] }])
})

t.test('a value from the environment is converted to the type of its key', async t => {
  const file = `
port: "\${N}"
drain_timeout: 1\${N}
insecure: \${YES}
api_keys: \${LIST}
model: \${N}
monitoring:
  track_errors: \${NO:-false}
providers:
  - name: \${N}
    api_key: \${N}
    weight: \${N}
    max_concurrent: \${NONE:-}
    timeout: \${NULL}
`
  const { config } = load(t, file, { env: { N: '12', YES: 'true', LIST: '1,2', NULL: 'null' } })
  t.match(config, { port: 12, drain_timeout: 112, insecure: true, api_keys: ['1', '2'], model: '12' })
  t.match(config.monitoring, { track_errors: false })
  t.match(config.providers[0], {
    name: '12',
    api_key: '12',
    weight: 12,
    max_concurrent: undefined,
    timeout: undefined,
  })
})

t.test('text in the file is not converted', async t => {
  t.strictSame(problems(t, 'port: "1"\nmodel: 2\ninsecure: "true"'), [
    'hulumanage.yaml:1:1 port: expected a whole number from 0 to 65535, got "1"',
    'hulumanage.yaml:2:1 model: expected text, got 2 (put the value in quotes)',
    'hulumanage.yaml:3:1 insecure: expected true or false, got "true" (remove the quotes)',
  ])
  t.strictSame(problems(t, 'insecure: maybe'), [
    'hulumanage.yaml:1:1 insecure: expected true or false, got "maybe"',
  ])
})

t.test('a key without a value counts as absent', async t => {
  const { config } = load(t, 'queue:\nrouting:\n  health_check:\nproviders:\nport: ~\nsteps:\n  bon:\n')
  t.match(config, {
    queue: { timeout: 60 },
    routing: { health_check: { interval: 30 } },
    providers: [],
    port: 8000,
  })
})

t.test('all problems come in one report, with file, line, path and the nearest key', async t => {
  const file = `providers:
  - name: a
    base_url: ftp://x
    wieght: 2
  - name: a
    weight: -1
    api_key: \${NOT_SET}
  - weight: x
routing:
  strategie: weighted
  health_check: {interval: -1, frequency: 5}
queue: 5
chains: {Fast: bon}
log_level: WARNING
`
  t.strictSame(problems(t, file, { flags: { port: 'x' } }), [
    '--port port: expected a whole number from 0 to 65535, got "x"',
    'hulumanage.yaml:3:5 providers[0].base_url: expected an http or https URL, got "ftp://x"',
    'hulumanage.yaml:4:5 providers[0].wieght: unknown key (did you mean "weight"?)',
    'hulumanage.yaml:5:5 providers[1].name: "a" is already the name of providers[0]',
    'hulumanage.yaml:6:5 providers[1].weight: expected a whole number from 0 to 1000000, got -1',
    'hulumanage.yaml:7:5 providers[1].api_key: the environment variable NOT_SET is not set; set it, or write ${NOT_SET:-default}',
    'hulumanage.yaml:8:5 providers[2].name: is required (Unique name, shown in logs, metrics and headers)',
    'hulumanage.yaml:8:5 providers[2].weight: expected a whole number from 0 to 1000000, got "x"',
    'hulumanage.yaml:10:3 routing.strategie: unknown key (did you mean "strategy"?)',
    'hulumanage.yaml:11:18 routing.health_check.interval: expected a number above 0 and at most 2147483, got -1',
    'hulumanage.yaml:11:32 routing.health_check.frequency: unknown key (known are enabled, interval, timeout, path)',
    'hulumanage.yaml:12:1 queue: expected a mapping, got 5',
    'hulumanage.yaml:13:10 chains.Fast: invalid key: expected lower-case letters, digits and underscores, starting with a letter',
    'hulumanage.yaml:14:1 log_level: unknown key (did you mean monitoring.log_level?)',
  ])
})

t.test('there is one error with a code, and a line for each problem', async t => {
  t.throws(() => load(t, 'port: x\nhost: 1'), {
    code: 'config_invalid',
    message:
      /^the configuration has 2 problems:\n {2}hulumanage.yaml:1:1 port: .*\n {2}hulumanage.yaml:2:1 host: .*$/,
    problems: [{ file: 'hulumanage.yaml', line: 1, column: 1, path: 'port' }, { line: 2 }],
  })
})

t.test('a file without a mapping is a problem', async t => {
  t.strictSame(problems(t, '- a\n'), ['hulumanage.yaml: expected a mapping, got a list'])
  t.strictSame(problems(t, 'text'), ['hulumanage.yaml: expected a mapping, got text'])
})

t.test('weights that are negative or fractional are refused', async t => {
  for (const weight of ['-1', '1.5', '1000001', '.inf', '.nan']) {
    t.match(
      problems(t, `providers: [{name: a, weight: ${weight}}]`),
      [/weight: expected a whole number/],
      weight,
    )
  }
})

t.test('durations that a timer cannot represent are refused', async t => {
  for (const seconds of ['0', '-5', '2147484', '.inf', '30s']) {
    t.equal(problems(t, `timeouts: {request: ${seconds}}`).length, 1, seconds)
  }
})

t.test('a provider needs an address if its kind has none', async t => {
  const kinds = new Map([
    ['openai', { hasBaseUrl: false }],
    ['simulated', { hasBaseUrl: true }],
  ])
  const file =
    'providers: [{name: a}, {name: b, type: simulated}, {name: c, type: later}, {name: d, base_url: "http://d"}]'
  t.strictSame(problems(t, file, { kinds }), ['hulumanage.yaml:1:13 providers[0].base_url: is required'])
  t.strictSame(problems(t, file), [])
})

t.test('a key is trimmed, and refused if it cannot be a header value', async t => {
  t.equal(load(t, 'base_url: http://a\napi_key: ${K}', { env: { K: ' sk-1\n' } }).config.api_key, 'sk-1')
  const quoted = { env: { K: '"sk-1"\n' } }
  t.equal(load(t, 'base_url: http://a\napi_key: ${K}', quoted).config.api_key, 'sk-1', 'as Docker passes it')
  t.match(problems(t, 'base_url: http://a\napi_key: "a b"'), [
    /api_key: expected .*, got a value that is not shown/,
  ])
  t.match(problems(t, 'providers: [{name: a, headers: {"a b": c}}]'), [/the name of an HTTP header/])
  t.match(problems(t, 'providers: [{name: a, headers: {X: "a\\r\\nb"}}]'), [/one line of text/])
})

t.test("OpenAI's variables set the upstream if nothing else does", async t => {
  const url = 'https://api.openai.com/v1'
  const upstream = (file: string | undefined, setup: Setup) => {
    const { base_url, api_key } = load(t, file, setup).config
    return [base_url, api_key]
  }
  const env = { OPENAI_API_KEY: 'sk' }
  t.strictSame(upstream(undefined, { env }), [url, 'sk'])
  t.strictSame(upstream('port: 1', { env }), [url, 'sk'])
  t.strictSame(upstream(undefined, { env: { ...env, OPENAI_BASE_URL: 'http://o' } }), ['http://o', 'sk'])
  t.strictSame(upstream(undefined, { env, flags: { baseUrl: 'http://f' } }), ['http://f', 'sk'])
  t.strictSame(upstream(undefined, { env: { ...env, OPTILLM_BASE_URL: 'http://e' } }), ['http://e', 'sk'])
  t.strictSame(upstream('providers: [{name: a}]', { env }), [undefined, undefined])
  t.strictSame(upstream('base_url: http://file', { env }), ['http://file', undefined])
  t.strictSame(upstream('base_url: http://file\napi_key: own', { env }), ['http://file', 'own'])
  const sources = load(t, undefined, { env }).sources
  t.match(sources, { base_url: 'environment', api_key: 'environment' })
})

t.test('paths are relative to the file that contains them, or to the working folder', async t => {
  const files = {
    'home/.hulumanage/proxy_config.yaml':
      'ca_file: ca.pem\nplugins_dir: [mine, ~/all]\nproviders: [{name: a}, {name: b, ca_file: b.pem}]',
    'home/.hulumanage/ca.pem': '',
    'home/.hulumanage/b.pem': '',
    'cwd/ca.pem': '',
  }
  const { config } = load(t, undefined, { files })
  t.match(config.ca_file, /home\/\.hulumanage\/ca\.pem$/)
  t.match(config.plugins_dir, [/home\/\.hulumanage\/mine$/, /home\/all$/])
  t.match(config.providers, [{ ca_file: config.ca_file }, { ca_file: /home\/\.hulumanage\/b\.pem$/ }])
  const flagged = load(t, undefined, {
    files,
    flags: { pluginsDir: ['x'] },
    env: { OPTILLM_SSL_CERT_PATH: 'ca.pem' },
  })
  t.match(flagged.config, { ca_file: /cwd\/ca\.pem$/, plugins_dir: [/cwd\/x$/] })
})

t.test('a missing file of certificate authorities is a problem', async t => {
  t.match(problems(t, 'ca_file: no.pem'), [/^hulumanage\.yaml:1:1 ca_file: file not found: .*cwd\/no\.pem$/])
})
