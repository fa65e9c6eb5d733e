import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import type { Test } from 'tap'
import { loadConfig } from '../../src/config/load/load.ts'
import { ConfigError } from '../../src/config/problems.ts'

function load(t: Test, ledger: string, env = {}) {
  const cwd = t.testdir({})
  writeFileSync(join(cwd, 'hulumanage.yaml'), `base_url: http://localhost:1/v1\nledger: ${ledger}\n`)
  return loadConfig({ cwd, home: cwd, env })
}

function problemsOf(t: Test, ledger: string): string {
  try {
    load(t, ledger)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message}${JSON.stringify(error.problems)}`
    throw error
  }
}

t.test('the database of the ledger has a key, an environment variable, and variables in it', async t => {
  const url = 'postgres://ann@db/x'
  t.equal(load(t, `{ url: "${url}" }`).config.ledger.url, url)
  t.equal(load(t, '{}', { HULUMANAGE_LEDGER_URL: url }).config.ledger.url, url)
  t.equal(
    load(t, '{ url: "postgres://ann:${PW}@db/x" }', { PW: 'p' }).config.ledger.url,
    'postgres://ann:p@db/x',
  )
})

t.test('a wrong URL of a database is one error that does not repeat its password', async t => {
  const wrong = {
    'postgres://ann:secret@db/x?sslmod=require': /ledger\.url.*did you mean.*sslmode/s,
    'mysql://ann:secret@db/x': /ledger\.url.*expected a URL such as postgres:/s,
    'postgres://ann:secret@db/x?sslmode=verify-ca&sslrootcert=/not/there.pem':
      /ledger\.url.*file not found: \/not\/there\.pem/s,
  }
  for (const [url, message] of Object.entries(wrong)) {
    const problems = problemsOf(t, `{ url: "${url}" }`)
    t.match(problems, message)
    t.notMatch(problems, /secret/)
  }
})

t.test('a ledger has one place', async t => {
  t.match(problemsOf(t, '{ url: "postgres://db/x", path: x.db }'), /ledger\.path.*remove one of them/s)
})
