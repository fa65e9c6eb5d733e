import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { loadConfig } from '../../../src/config/load/load.ts'
import { renderProblem } from '../../../src/config/problems.ts'

const secret = 'sk-of-the-environment'
const prefixes = 'SERVICE_MODEL_PREFIXES={"other": ["m-"]}'

for (const [what, endpoints, told] of [
  ['a name', '{"openai": ["http://evil"]}', 'would send OPENAI_API_KEY'],
  ['a name with an escape', String.raw`{"\u006fpenai": ["http://evil"]}`, 'would send OPENAI_API_KEY'],
  ['a reference', '{"other": ["http://evil/${OPENAI_API_KEY}"]}', 'refers to a variable'],
  [
    'a reference with an escape',
    String.raw`{"other": ["http://evil/\u0024{SECRET}"]}`,
    'refers to a variable',
  ],
  ['a reference within one', '{"other": "http://evil/${SEC${NOTHING:-RET}}"}', 'refers to a variable'],
  ['a default', '{"other": "http://evil/${NOTHING:-${SECRET}}"}', 'refers to a variable'],
  ["another program's reference", '{"other": ["os.environ/SECRET"]}', 'refers to a variable'],
] as const) {
  t.test(`addresses of .env take nothing from the real environment by ${what}`, async t => {
    const cwd = t.testdir({ '.env': `SERVICE_ENDPOINTS=${endpoints}\n${prefixes}\n` })
    const env = { OPENAI_API_KEY: secret, SECRET: secret }
    const { config, notes } = loadConfig({ cwd, home: join(cwd, 'home'), env })
    t.match(config, { base_url: 'https://api.openai.com/v1', api_key: secret, providers: [] })
    t.match(notes.map(renderProblem), [new RegExp(`^\\.env SERVICE_ENDPOINTS: ${told}`)])
  })
}

t.test('addresses of .env may refer to .env', async t => {
  const cwd = t.testdir({
    '.env': `HOST=own\nSERVICE_ENDPOINTS={"other": ["http://\${HOST}/v1"]}\n${prefixes}\n`,
  })
  const { config, notes } = loadConfig({ cwd, home: join(cwd, 'home'), env: { OPENAI_API_KEY: '' } })
  t.match(config.providers, [{ base_url: 'http://own/v1' }])
  t.notMatch(notes.map(renderProblem), [/refers/])
})

t.test('addresses of .env that are nested too deeply to be checked are not used', async t => {
  const nested = '['.repeat(4100) + ']'.repeat(4100)
  const cwd = t.testdir({
    '.env': `SERVICE_ENDPOINTS='{"openai": ${nested}, "openai": ["http://evil/v1"]}'\n`,
  })
  const env = { OPENAI_API_KEY: secret }
  const message = /SERVICE_ENDPOINTS: is not a JSON object/
  t.throws(() => loadConfig({ cwd, home: join(cwd, 'home'), env }), { message })
})

const litellm = (model: string): string => `model_list: [{model_name: m, litellm_params: {model: ${model}}}]`

for (const [how, dotenv, file] of [
  ['a reference', 'MY_URL=http://evil', 'base_url: ${MY_URL}\napi_key: ${SECRET}'],
  ['a part of an address', 'HOST=evil', 'base_url: http://${HOST}/v1\napi_key: ${SECRET}'],
  ['a setting', 'HULUMANAGE_BASE_URL=http://evil', 'base_url: https://api.x\napi_key: ${SECRET}'],
  [
    'a spelling of a setting',
    'hulumanage_base_url=http://evil',
    'base_url: https://api.x\napi_key: ${SECRET}',
  ],
  ["OpenAI's variable", 'OPENAI_BASE_URL=http://evil', 'api_key: ${SECRET}'],
  ['a list of keys', 'U=http://evil', 'providers: [{name: a, base_url: "${U}", api_keys: ["${SECRET}"]}]'],
  ['a header', 'U=http://evil', 'providers: [{name: a, base_url: "${U}", headers: {x-key: "${SECRET}"}}]'],
  ['a scorer', 'U=http://evil', 'scorers: {s: {url: "${U}", api_key: "${SECRET}"}}'],
  ['a collector', 'U=http://evil', 'otel: {endpoint: "${U}", headers: {x-key: "${SECRET}"}}'],
  ['an address of LiteLLM', 'DEEPSEEK_API_BASE=http://evil/v1', litellm('deepseek/chat')],
  ['another address of LiteLLM', 'OPENAI_API_BASE=http://evil/v1', litellm('openai/gpt-4o')],
] as const) {
  t.test(`an address of .env gets no key of the real environment by ${how}`, async t => {
    const keys = {
      SECRET: secret,
      DEEPSEEK_API_KEY: secret,
      OPENAI_API_KEY: file.startsWith('model_list') ? secret : '',
    }
    const load = (lines: readonly string[], env: Readonly<Record<string, string>>) => {
      const root = t.testdir({ work: { '.env': lines.join('\n') }, 'named.yaml': file })
      const named = { HULUMANAGE_CONFIG: join(root, 'named.yaml') }
      return loadConfig({ cwd: join(root, 'work'), home: join(root, 'home'), env: { ...named, ...env } })
    }
    const message = /is determined by \.env, and would get .*, which is not \(set both/
    t.throws(() => load([dotenv], keys), { message })
    const own = Object.entries(keys).map(([name, value]) => `${name}=${value}`)
    t.doesNotThrow(() => load([dotenv, ...own], {}), 'both may be in .env')
  })
}

/** Loads a file that is not in the folder of `.env`. */
function loadElsewhere(t: Test, dotenv: string, file: string, env: Readonly<Record<string, string>> = {}) {
  const root = t.testdir({ work: { '.env': dotenv, evil: {}, 'ca.pem': '' }, 'named.yaml': file })
  const named = { HULUMANAGE_CONFIG: join(root, 'named.yaml') }
  return loadConfig({ cwd: join(root, 'work'), home: join(root, 'home'), env: { ...named, ...env } })
}

for (const [what, dotenv, file] of [
  ['a key', 'HULUMANAGE_BASE_URL=http://evil', 'base_url: https://api.x\napi_key: sk-literal'],
  ['a header', 'U=http://evil', 'providers: [{name: a, base_url: "${U}", headers: {x-api-key: literal}}]'],
  ['a key in an address', 'HOST=evil', 'base_url: https://${HOST:-api.x}/v1?key=literal'],
  ['a password in an address', 'HOST=evil', 'redis: {url: "redis://:literal@${HOST:-own}"}'],
  ['a password of a store', 'HOST=evil', 'redis: {url: "redis://${HOST:-own}", password: literal}'],
  [
    'a password for sentinels',
    'S=redis://evil',
    'redis: {url: "redis://own", sentinels: ["${S:-redis://own}"], password: literal}',
  ],
  [
    'a password for a node',
    'N=redis://evil',
    'redis: {url: "redis://own", cluster: true, nodes: ["${N:-redis://own}"], password: literal}',
  ],
] as const) {
  t.test(`an address of .env gets no secret of a file elsewhere: ${what}`, async t => {
    const message = /is determined by \.env, and would get .*, which is not \(set both/
    t.throws(() => loadElsewhere(t, dotenv, file), { message })
  })
}

t.test('an address of .env gets no secret of the environment as a part of it', async t => {
  const file = 'redis: {url: "redis://:${SECRET}@${HOST:-own}"}'
  const message = /redis\.url: is determined by \.env, and would get a part of it, which is not/
  t.throws(() => loadElsewhere(t, 'HOST=evil', file, { SECRET: secret }), { message })
  t.doesNotThrow(() => loadElsewhere(t, `HOST=own\nSECRET=${secret}`, file), 'both may be in .env')
})

t.test('a header without a credential may go to an address of .env', async t => {
  const file = 'providers: [{name: a, base_url: "${U}", headers: {x-title: ours}}]'
  t.match(loadElsewhere(t, 'U=http://own', file).config.providers, [{ base_url: 'http://own' }])
})

const upstream = 'base_url: https://api.x\napi_key: sk-literal\n'

for (const [what, dotenv, file] of [
  ['Redis', 'HULUMANAGE_REDIS_URL=redis://evil', ''],
  [
    'a node of Redis',
    'N=redis://evil',
    'redis: {url: "redis://own", cluster: true, nodes: ["${N:-redis://own}"]}',
  ],
  ['the ledger', 'HULUMANAGE_LEDGER_URL=postgres://evil/db', ''],
  ['a collector', 'C=http://evil', 'otel: {endpoint: "${C:-http://own}"}'],
] as const) {
  t.test(`.env names no store for what providers elsewhere are asked: ${what}`, async t => {
    const message = /is determined by \.env, and would get what clients ask of other providers/
    const withKey = {
      message: new RegExp(String.raw`${message.source}; api_key is not from \.env \(set it in`),
    }
    t.throws(() => loadElsewhere(t, dotenv, `${upstream}${file}`), withKey)
    const withoutKey = { message: new RegExp(String.raw`${message.source} \(set it in`) }
    t.throws(() => loadElsewhere(t, dotenv, `base_url: http://localhost:8080\n${file}`), withoutKey)
    const ofDotenv = `base_url: https://api.x\napi_key: "\${KEY}"\n${file}`
    t.doesNotThrow(() => loadElsewhere(t, `KEY=own\n${dotenv}`, ofDotenv), 'it may with its own keys')
  })
}

t.test('.env names no store beside a key of the real environment without a file, either', async t => {
  const load = (lines: readonly string[], env: Readonly<Record<string, string>>) => {
    const cwd = t.testdir({ '.env': lines.join('\n') })
    return loadConfig({ cwd, home: join(cwd, 'home'), env })
  }
  const store = 'HULUMANAGE_REDIS_URL=redis://host'
  t.throws(() => load([store], { OPENAI_API_KEY: secret }), {
    message: /HULUMANAGE_REDIS_URL.*determined by \.env/,
  })
  t.doesNotThrow(() => load([store, `OPENAI_API_KEY=${secret}`], {}))
  t.doesNotThrow(() => load([store, 'SERVICE_ENDPOINTS={"other": ["http://own/v1"]}', prefixes], {}))
})

for (const [what, dotenv, env, file] of [
  ['its address', ['HULUMANAGE_HOST=0.0.0.0', 'HULUMANAGE_API_KEY=own'], {}, ''],
  ['a spelling of it', ['hulumanage_host=::', 'HULUMANAGE_API_KEY=own'], {}, ''],
  ['doing without keys', ['HULUMANAGE_INSECURE=1'], { HULUMANAGE_HOST: '0.0.0.0' }, ''],
  ['other keys', ['HULUMANAGE_API_KEY=own'], {}, 'host: 0.0.0.0\napi_keys: [literal]\n'],
  [
    'keys beside clients',
    ['HULUMANAGE_API_KEY=own'],
    {},
    'host: 0.0.0.0\nclients: [{name: a, key: literal}]\n',
  ],
  [
    'keys instead of a list',
    ['HULUMANAGE_API_KEY=own'],
    { K: 'literal' },
    'host: 0.0.0.0\napi_keys: "${K}"\n',
  ],
  [
    'its address, although it knows a client key',
    ['HULUMANAGE_HOST=0.0.0.0', 'TEAM=team'],
    { HULUMANAGE_API_KEY: 'literal,team' },
    '',
  ],
] as const) {
  t.test(`.env opens no server with providers elsewhere to other machines, by ${what}`, async t => {
    const name = /^\w+/.exec(dotenv[0])![0].toUpperCase()
    const message = new RegExp(
      `${name}.*determined by \\.env, and would let others on the network ask providers whose keys do not come from \\.env`,
    )
    t.throws(() => loadElsewhere(t, dotenv.join('\n'), `${upstream}${file}`, env), { message })
    const ofDotenv = `base_url: https://api.x\napi_key: "\${KEY}"\n${file}`
    t.doesNotThrow(
      () => loadElsewhere(t, `KEY=own\n${dotenv.join('\n')}`, ofDotenv, env),
      'with its own keys',
    )
  })
}

for (const [what, fields, foreign] of [
  ['another key', 'api_keys: ["${KEY_A}", "${KEY_B}"]', 'api_keys'],
  ['a header', 'api_key: "${KEY_B}", headers: {authorization: "Bearer ${KEY_A}"}', 'headers'],
  ['a scheme in any header', 'api_key: "${KEY_B}", headers: {x-route: "Bearer ${KEY_A}"}', 'headers'],
  ['a key in any header', 'api_key: "${KEY_B}", headers: {x-route: "${KEY_A}"}', 'headers'],
] as const) {
  t.test(`a key of .env makes no provider its own that is sent ${what} from elsewhere`, async t => {
    const file = `providers: [{name: a, base_url: "https://x", ${fields}}]\n`
    const ways = [
      ['HULUMANAGE_HOST=0.0.0.0', 'HULUMANAGE_INSECURE=true'],
      ['HULUMANAGE_REDIS_URL=redis://evil'],
      ['HULUMANAGE_BASE_URL=http://evil'],
    ]
    for (const way of ways) {
      const dotenv = ['KEY_B=sk-own-key', ...way].join('\n')
      const message = new RegExp(
        `${way[0]!.split('=')[0]}.*determined by \\.env, and would.*; providers\\[0\\]\\.${foreign} is not from \\.env`,
      )
      t.throws(() => loadElsewhere(t, dotenv, file, { KEY_A: secret }), { message })
      const both = `${dotenv}\nKEY_A=${secret}`
      t.doesNotThrow(() => loadElsewhere(t, both, file), 'with its own keys')
      t.doesNotThrow(() => loadElsewhere(t, both, file, { KEY_A: secret }), 'with keys that it knows')
    }
  })
}

t.test('a header that is named after a credential is one, whatever its value', async t => {
  const opened = 'KEY_B=sk-own-key\nHULUMANAGE_HOST=0.0.0.0\nHULUMANAGE_INSECURE=1'
  for (const header of [
    'X-Auth-Token: "12345678"',
    'X-Gateway-Pass: hunter2',
    'x-sig: ab12',
    'X-API: sk_live_1',
  ]) {
    const file = `providers: [{name: a, base_url: "https://x", api_key: "\${KEY_B}", headers: {${header}}}]\n`
    t.throws(() => loadElsewhere(t, opened, file), { message: /headers is not from \.env/ }, header)
  }
})

t.test('without a key, any header of a provider may be one', async t => {
  const file = 'providers: [{name: a, base_url: "https://x", headers: {x-route: literal}}]\n'
  const message = /HULUMANAGE_HOST.*would let others.*; providers\[0\]\.headers is not from \.env/
  t.throws(() => loadElsewhere(t, 'HULUMANAGE_HOST=0.0.0.0\nHULUMANAGE_INSECURE=1', file), { message })
})

t.test('.env opens no server with a key of the real environment without a file, either', async t => {
  const door = 'HULUMANAGE_HOST=0.0.0.0\nHULUMANAGE_API_KEY=own\n'
  const load = (lines: string, env: Readonly<Record<string, string>>) => {
    const cwd = t.testdir({ '.env': lines })
    return loadConfig({ cwd, home: join(cwd, 'home'), env })
  }
  const message = /HULUMANAGE_HOST.*determined by \.env, and would let others/
  t.throws(() => load(door, { OPENAI_API_KEY: secret }), { message })
  t.doesNotThrow(() => load(`${door}OPENAI_API_KEY=${secret}`, {}))
})

t.test(
  'a server on loopback, keys for one without, and values that the file refers to may come from .env',
  async t => {
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      t.doesNotThrow(() => loadElsewhere(t, `HULUMANAGE_HOST=${host}\nHULUMANAGE_INSECURE=1`, upstream))
    t.doesNotThrow(() => loadElsewhere(t, 'HULUMANAGE_API_KEY=own', `${upstream}host: 0.0.0.0\n`))
    const asking = `${upstream}host: "\${HOST}"\napi_keys: ["\${CLIENT_KEY}"]\n`
    t.doesNotThrow(() => loadElsewhere(t, 'HOST=0.0.0.0\nCLIENT_KEY=own', asking))
  },
)

for (const [what, dotenv, file] of [
  ['code', 'DIR=evil', 'plugins_dir: ["${DIR:-own}"]'],
  ['code that redacts', 'M=ca.pem', 'ledger: {bodies: {keep: all, redact_with: "${M:-own.js}"}}'],
  ['authorities', 'CA=ca.pem', 'ca_file: "${CA:-}"'],
  [
    "a provider's authorities",
    'CA=ca.pem',
    'providers: [{name: a, base_url: "http://h", ca_file: "${CA:-}"}]',
  ],
] as const) {
  t.test(`.env chooses nothing trusted for a file elsewhere, by a reference either: ${what}`, async t => {
    const message = /is determined by \.env, which chooses neither code nor trusted files/
    t.throws(() => loadElsewhere(t, dotenv, file), { message })
  })
}

t.test('a file beside .env may take its address from there, and its key from the environment', async t => {
  const cwd = t.testdir({
    '.env': 'MY_URL=http://own/v1',
    'hulumanage.yaml': 'providers: [{name: a, base_url: "${MY_URL}", api_key: "${SECRET}"}]',
  })
  const { config } = loadConfig({ cwd, home: join(cwd, 'home'), env: { SECRET: secret } })
  t.match(config.providers, [{ base_url: 'http://own/v1', api_key: secret }])
})
