import fc from 'fast-check'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { loadConfig } from '../../src/config/load/load.ts'
import { ConfigError } from '../../src/config/problems.ts'
import { isSecret, maskAddresses } from '../../src/config/secrets.ts'

const file = `providers:
  - name: a
    base_url: https://a/v1
    api_key: sk-canary-one
    headers: {X-Key: sk-canary-two}
    weight: 2
  - {name: b, base_url: https://b/v1, api_key: "sk-canary-three", weight: 1}
api_key: sk-canary-four
api_keys:
  - sk-canary-five
port: 8000
`

/** The message of the error; empty if the text loads. */
function messageFor(cwd: string, text: string, env = {}): string {
  writeFileSync(join(cwd, 'hulumanage.yaml'), text)
  try {
    loadConfig({ cwd, home: cwd, env })
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message}${JSON.stringify(error.problems)}`
    throw error
  }
}

t.test('no typo prints a key, and each is reported or harmless', async t => {
  const cwd = t.testdir({})
  const slip = fc.record({
    at: fc.nat(file.length - 1),
    remove: fc.nat(3),
    insert: fc.constantFrom(
      '',
      ' ',
      '\n',
      ':',
      '"',
      '{',
      '}',
      '[',
      ']',
      '-',
      '*',
      '&',
      '!',
      '#',
      '|',
      '\t',
      '${',
      '<<',
    ),
  })
  fc.assert(
    fc.property(slip, fc.option(slip), (first, second) => {
      let text = file
      for (const { at, remove, insert } of [first, second].filter(one => one !== null)) {
        text = text.slice(0, at) + insert + text.slice(at + remove)
      }
      return messageFor(cwd, text).includes('canary') ? t.fail(`${text}\n\n${messageFor(cwd, text)}`) : true
    }),
    { numRuns: 500 },
  )
})

t.test('a key in the wrong place is not printed', async t => {
  const cwd = t.testdir({})
  const texts = [
    'providers: [{name: a, weight: "${KEY}"}]',
    'port: ${KEY}',
    'providers: [{name: a, api: sk-canary}]',
    'monitoring: {log_format: canary0123456789abcdef}',
    'port: ${UNSET:-sk-canary}',
    'port: sk-canary-${NOTHING:-}',
    'routing: ${KEY}',
    'base_url: ${KEY}',
    'monitoring: {log_level: "${KEY}"}',
    'providers: [{name: a, api_key: [sk-canary]}]',
    'providers: [{name: a, headers: sk-canary}]',
    'providers:\n  - api_key:sk-canary',
    'providers: [{name: a, api_key:sk-canary}]',
    'providers: sk-canary',
    'api_keys: sk-canary',
    'api_keys: {a: sk-canary}',
    'api_key: sk canary',
    'api_key: *sk-canary',
    'api_key: !sk-canary x',
    'api_key: ${sk-canary}',
  ]
  for (const text of texts) {
    const message = messageFor(cwd, text, { KEY: 'sk-canary' })
    t.not(message, '', text)
    t.notMatch(message, 'canary', text)
  }
})

t.test('a secret that a typo turned into a key is not shown in the path', async t => {
  const cwd = t.testdir({})
  const text = 'api_keys:\n  - sk-canary-one: ${UNCLOSED\n'
  t.match(messageFor(cwd, text), 'api_keys[0]')
  t.notMatch(messageFor(cwd, text), 'canary')
})

t.test('the URL of Redis is not shown, because it may contain a password', async t => {
  t.ok(isSecret(['redis', 'url']))
  t.ok(isSecret(['redis', 'sentinels', 0]))
  t.ok(isSecret(['redis', 'password']))
  t.notOk(isSecret(['redis', 'namespace']))
})

t.test('no credentials of an address are shown, in whatever part they are', async t => {
  t.equal(
    maskAddresses('https://me:canary@h/v1?key=canary&api-version=2024-10-21&sig=canary#x'),
    'https://***@h/v1?key=***&api-version=2024-10-21&sig=***#x',
  )
  t.equal(maskAddresses('what? a=b'), 'what? a=b')
  const cwd = t.testdir({})
  const address = 'ftp://me:canary@h/v1?key=canary'
  const message = messageFor(cwd, `providers: [{name: a, base_url: "${address}"}]`)
  t.match(message, 'expected an http or https URL, got')
  t.notMatch(message, 'canary')
})

t.test('a number of tokens is shown, and a token is not', async t => {
  for (const path of [
    ['limits', 'tokens'],
    ['clients', 0, 'budget', 'tokens'],
    ['session_budget', 'tokens'],
  ])
    t.notOk(isSecret(path), path.join('.'))
  for (const path of [['tokens'], ['providers', 0, 'tokens'], ['headers', 'budget', 'tokens']])
    t.ok(isSecret(path), path.join('.'))
})

t.test('a budget of 0 and a price that is not a number are one clear message each', async t => {
  const cwd = t.testdir({})
  const message = messageFor(
    cwd,
    `providers: [{name: a, base_url: 'http://localhost:1', price: {input: cheap, output: 1}}]
clients: [{name: ann, key: k, budget: {tokens: 0}}]
`,
  )
  t.match(message, 'providers[0].price.input: expected a number from 0 to 1000000, got "cheap"')
  t.match(message, 'clients[0].budget.tokens: expected a whole number of at least 1, got 0')
})

t.test('a key that two clients have is named by its place, and not shown', async t => {
  const message = messageFor(
    t.testdir({}),
    'base_url: https://a/v1\nclients: [{name: ann, key: sk-canary}, {name: bob, key: sk-canary}]\n',
  )
  t.match(message, 'clients[1].key: clients[0] has the same key; each client needs its own')
  t.notMatch(message, 'sk-canary')
})
