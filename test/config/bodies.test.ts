import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import type { Test } from 'tap'
import { loadConfig } from '../../src/config/load/load.ts'
import { ConfigError } from '../../src/config/problems.ts'
import { secretsIn } from '../../src/config/secrets.ts'

function load(t: Test, ledger: string) {
  const cwd = t.testdir({ 'redact.js': '' })
  writeFileSync(join(cwd, 'hulumanage.yaml'), `base_url: http://localhost:1/v1\nledger: ${ledger}\n`)
  return { cwd, ...loadConfig({ cwd, home: cwd, env: {} }) }
}

function problemsOf(t: Test, ledger: string): string {
  try {
    load(t, ledger)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

t.test('bodies: all, sampled or off is short for a mapping', async t => {
  for (const keep of ['all', 'sampled', 'off'])
    t.match(load(t, `{ bodies: ${keep} }`).config.ledger.bodies, { keep, on_request: false, days: 7 })
  t.equal(load(t, '{ bodies: false }').config.ledger.bodies.keep, 'off')
  t.equal(load(t, '{}').config.ledger.bodies.keep, 'off')
})

t.test('the module that redacts is found from the folder of the configuration', async t => {
  const { cwd, config } = load(t, '{ bodies: { keep: all, redact_with: ./redact.js } }')
  t.equal(config.ledger.bodies.redact_with, join(cwd, 'redact.js'))
})

t.test('a module that redacts and does not exist is a problem before a text needs it', async t => {
  t.match(
    problemsOf(t, '{ bodies: { keep: all, redact_with: ./missing.js } }'),
    /ledger\.bodies\.redact_with: file not found: .*missing\.js/s,
  )
})

t.test('a wrong value is named with its place and the choices', async t => {
  t.match(problemsOf(t, '{ bodies: some }'), /ledger\.bodies\.keep.*"off", "sampled"/s)
  t.match(problemsOf(t, '{ bodies: { keep: all, days: 0 } }'), /ledger\.bodies\.days/)
  t.match(problemsOf(t, '{ bodies: { sample: 2 } }'), /ledger\.bodies\.sample.*from 0 to 1/s)
  t.match(problemsOf(t, '{ bodies: { redact: [emial] } }'), /ledger\.bodies\.redact\[0\].*email/s)
  t.match(
    problemsOf(t, '{ bodies: { redact: [{ pattern: "(" }] } }'),
    /ledger\.bodies\.redact\[0\].*regular expression/s,
  )
})

t.test('the secrets of a configuration are its keys and passwords, not hashes or short words', async t => {
  const config = {
    providers: [
      {
        name: 'a',
        api_key: 'provider-key',
        headers: { 'x-team': 'header-value' },
        model: 'long-name-of-model',
      },
    ],
    api_keys: ['client-key', 'short'],
    clients: [{ name: 'a', key: `sha256:${'0'.repeat(64)}` }],
    redis: { url: 'redis://:password@localhost' },
  }
  t.same(secretsIn(config), ['provider-key', 'header-value', 'client-key', 'redis://:password@localhost'])
})
