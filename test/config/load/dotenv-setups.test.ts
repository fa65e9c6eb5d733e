import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { loadConfig } from '../../../src/config/load/load.ts'
import { renderProblem } from '../../../src/config/problems.ts'

type Variables = Readonly<Record<string, string>>

const openai = 'OPENAI_API_KEY=sk-openai-own'
const endpoint = 'SERVICE_ENDPOINTS={"other": ["http://own/v1"]}'
const prefixes = 'SERVICE_MODEL_PREFIXES={"other": ["m-"]}'
const door = ['HULUMANAGE_HOST=0.0.0.0', 'HULUMANAGE_API_KEY=team']

function loadAlone(t: Test, dotenv: readonly string[], env: Variables) {
  const cwd = t.testdir({ '.env': dotenv.join('\n') })
  return loadConfig({ cwd, home: join(cwd, 'home'), env })
}

for (const [what, dotenv, env, expected] of [
  [
    "OpenAI's key in .env, Anthropic's in the environment",
    [openai],
    { ANTHROPIC_API_KEY: 'sk-ant-real' },
    { providers: [{ api_key: 'sk-openai-own' }, { api_key: 'sk-ant-real' }] },
  ],
  [
    "Anthropic's key in .env, OpenAI's in the environment",
    ['ANTHROPIC_API_KEY=sk-ant-own'],
    { OPENAI_API_KEY: 'sk-openai-real' },
    { providers: [{ api_key: 'sk-openai-real' }, { api_key: 'sk-ant-own' }] },
  ],
  [
    'lists of keys in both',
    ['OPENAI_API_KEYS=sk-1-own,sk-2-own'],
    { ANTHROPIC_API_KEYS: 'sk-ant-1,sk-ant-2' },
    { providers: [{ api_keys: ['sk-1-own', 'sk-2-own'] }, { api_keys: ['sk-ant-1', 'sk-ant-2'] }] },
  ],
  [
    'a list of keys in .env, a key in the environment',
    ['ANTHROPIC_API_KEYS=sk-1-own,sk-2-own'],
    { OPENAI_API_KEY: 'sk-openai-real' },
    { providers: [{ api_key: 'sk-openai-real' }, { api_keys: ['sk-1-own', 'sk-2-own'] }] },
  ],
  [
    'another service in .env, a key in the environment',
    [endpoint, prefixes],
    { OPENAI_API_KEY: 'sk-openai-real' },
    { providers: [{ api_key: 'sk-openai-real' }, { base_url: 'http://own/v1' }] },
  ],
  [
    'a local upstream in .env, the key of another service in the environment',
    ['OPENAI_BASE_URL=http://localhost:11434/v1', 'OPENAI_API_KEY=ollama'],
    { ANTHROPIC_API_KEY: 'sk-ant-real' },
    { base_url: 'http://localhost:11434/v1', api_key: 'ollama' },
  ],
  [
    'a local upstream in .env, a placeholder in the environment',
    ['OPENAI_BASE_URL=http://localhost:11434/v1'],
    { OPENAI_API_KEY: 'none' },
    { base_url: 'http://localhost:11434/v1' },
  ],
  [
    'the same key in both',
    ['OPENAI_BASE_URL=http://own/v1', openai],
    { OPENAI_API_KEY: 'sk-openai-own' },
    { base_url: 'http://own/v1', api_key: 'sk-openai-own' },
  ],
  [
    'a store in .env, the same key in both',
    ['HULUMANAGE_REDIS_URL=redis://own', 'HULUMANAGE_BASE_URL=http://own/v1', openai],
    { OPENAI_API_KEY: 'sk-openai-own' },
    { base_url: 'http://own/v1', redis: { url: 'redis://own' } },
  ],
  [
    'an open address in .env, the same key in both',
    [...door, openai],
    { OPENAI_API_KEY: 'sk-openai-own' },
    { host: '0.0.0.0', api_key: 'sk-openai-own' },
  ],
  [
    'an open address in .env, an upstream without a key in the environment',
    door,
    { OPENAI_BASE_URL: 'http://localhost:11434/v1' },
    { host: '0.0.0.0', base_url: 'http://localhost:11434/v1' },
  ],
  [
    'an open address in .env, a placeholder in the environment',
    door,
    { OPENAI_BASE_URL: 'http://localhost:11434/v1', OPENAI_API_KEY: 'ollama' },
    { host: '0.0.0.0', api_key: 'ollama' },
  ],
  [
    'an open address in .env, keys for clients and providers in the environment',
    ['HULUMANAGE_HOST=0.0.0.0'],
    { HULUMANAGE_API_KEY: 'team-key', OPENAI_API_KEY: 'sk-openai-real' },
    { host: '0.0.0.0', api_keys: ['team-key'] },
  ],
] as const) {
  t.test(`without a file, a server starts with ${what}`, async t => {
    const { config, notes } = loadAlone(t, dotenv, env)
    t.match(config, expected)
    t.notMatch(notes.map(renderProblem), [/^\.env/])
  })
}

/** Loads a file that is not in the folder of `.env`. */
function loadElsewhere(t: Test, dotenv: readonly string[], file: string, env: Variables = {}) {
  const root = t.testdir({ work: { '.env': dotenv.join('\n') }, 'named.yaml': file })
  const named = { HULUMANAGE_CONFIG: join(root, 'named.yaml') }
  return loadConfig({ cwd: join(root, 'work'), home: join(root, 'home'), env: { ...named, ...env } })
}

const provider = (fields: string): string => `providers: [{name: a, ${fields}}]\n`
const own = provider('base_url: https://api.x, api_key: sk-literal')

for (const [what, dotenv, file, env] of [
  ['no key', ['U=http://own'], provider('base_url: "${U}"'), {}],
  ...['ollama', 'none', 'EMPTY', 'not-needed', 'sk-1234', 'lm-studio'].map(
    key =>
      [
        `the placeholder ${key}`,
        ['U=http://own'],
        provider(`base_url: "\${U}", api_key: ${key}`),
        {},
      ] as const,
  ),
  [
    'a placeholder in a header',
    ['U=http://own'],
    provider('base_url: "${U}", headers: {authorization: Bearer none}'),
    {},
  ],
  [
    'headers that tell who asks',
    ['U=http://own'],
    provider(
      'base_url: "${U}", headers: {HTTP-Referer: "https://x", x-title: ours, anthropic-version: 2023-06-01}',
    ),
    {},
  ],
  [
    'a path of the environment',
    ['HOST=own'],
    provider('base_url: "https://${HOST}/${TEAM}/v1"'),
    { TEAM: 'team' },
  ],
  ['a version', ['HOST=own'], provider('base_url: "https://${HOST}/v1?version=2024-01-01"'), {}],
  [
    'a user of Redis',
    ['H=own', 'K=sk-own-key'],
    `${provider('base_url: "https://x", api_key: "${K}"')}redis: {url: "redis://default@\${H}"}`,
    {},
  ],
  [
    'the same key in both',
    ['U=http://own', 'K=sk-own-key'],
    provider('base_url: "${U}", api_key: "${K}"'),
    { K: 'sk-own-key' },
  ],
  [
    'a token of .env in a header',
    ['U=http://own', 'K=sk-own-key'],
    provider('base_url: "${U}", headers: {authorization: "Bearer ${K}"}'),
    {},
  ],
  [
    'a key of several variables',
    ['U=http://own', 'A=sk-own', 'B=key'],
    provider('base_url: "${U}", api_key: "${A}-${B}"'),
    {},
  ],
  [
    'a key of .env for an address of the file',
    ['K=sk-own-key'],
    provider('base_url: "https://x", api_key: "${K}"'),
    {},
  ],
  [
    'an address of the environment',
    ['OTHER=1'],
    provider('base_url: "${U}", api_key: sk-literal'),
    { U: 'http://x' },
  ],
  ['a default upstream of the file', ['U=http://own'], `base_url: "\${U}"\n${own}`, {}],
  ['a default upstream', ['HULUMANAGE_BASE_URL=http://own'], 'approach: bon', {}],
  ['an approach', ['HULUMANAGE_APPROACH=bon'], own, {}],
  [
    'an open address for a provider without a key beside its own',
    [...door, 'K=sk-own-key'],
    'providers: [{name: a, base_url: "http://localhost:1"}, {name: b, base_url: "https://x", api_key: "${K}"}]',
    {},
  ],
  ...[
    'x-portkey-provider: openai, helicone-cache-enabled: "true"',
    'cf-aig-cache-ttl: "3600", x-portkey-config: pc-cheap-1a2b3c, x-tags: "team-a,prod-2024"',
    'X-Max-Tokens: "4096", cache-key-enabled: "false", x-model: claude-3-5-sonnet-20241022',
    'x-metadata: \'{"team": "research"}\', x-route: https://api.openai.com/v1',
  ].flatMap((headers, set) =>
    [door, [...door.slice(0, 1), 'HULUMANAGE_INSECURE=1'], ['HULUMANAGE_REDIS_URL=redis://own']].map(
      way =>
        [
          `${way.at(-1)!.split('=')[0]} and options of a gateway beside its key (${set})`,
          [...way, openai],
          provider(`base_url: "https://gw.test/v1", api_key: "\${OPENAI_API_KEY}", headers: {${headers}}`),
          {},
        ] as const,
    ),
  ),
  [
    'an open address for clients of the file',
    door.slice(0, 1),
    `${own}clients: [{name: a, key: literal}]`,
    {},
  ],
  ['a type of the file', ['K=sk-own-key'], provider('type: openai, api_key: "${K}"'), {}],
] as const) {
  t.test(`a file elsewhere is loaded with values of .env: ${what}`, async t => {
    t.doesNotThrow(() => loadElsewhere(t, dotenv, file, env))
  })
}

for (const [what, dotenv, file, message] of [
  ...['apikey', 'Cookie', 'x-auth', 'X-ApiKey', 'authorization'].map(
    name =>
      [
        `a literal in ${name}`,
        ['U=http://evil'],
        provider(`base_url: "\${U}", headers: {${name}: sk-literal}`),
        /base_url: is determined by \.env, and would get .*headers, which is not/,
      ] as const,
  ),
  [
    'a key by a type',
    ['T=groq'],
    provider('type: "${T:-openai}", api_key: sk-literal'),
    /type: is determined by \.env, and would get .*api_key, which is not/,
  ],
  [
    'what a scorer reads',
    ['S=http://evil'],
    `${own}scorers: {s: {url: "\${S:-http://own}"}}`,
    /scorers\.s\.url: is determined by \.env, and would get what clients ask of other providers/,
  ],
  [
    'requests by a default upstream',
    ['HULUMANAGE_BASE_URL=http://evil'],
    own,
    /HULUMANAGE_BASE_URL.* is determined by \.env, and would get what clients ask of other providers/,
  ],
  [
    "requests by OpenAI's variable",
    ['OPENAI_BASE_URL=http://evil'],
    own,
    /OPENAI_BASE_URL.* is determined by \.env, and would get what clients ask of other providers/,
  ],
  [
    'requests by an approach',
    ['U=http://evil', 'HULUMANAGE_APPROACH=none'],
    `base_url: "\${U}"\napproach: proxy\n${own}`,
    /HULUMANAGE_APPROACH.* is determined by \.env, and would get what clients ask of other providers/,
  ],
] as const) {
  t.test(`an address of .env gets nothing of a file elsewhere: ${what}`, async t => {
    t.throws(() => loadElsewhere(t, dotenv, file), { message })
  })
}
