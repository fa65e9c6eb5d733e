import { hash } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { runHere } from '../in-process.ts'
import { serveHere } from '../serve-here.ts'

const simulated = 'providers: [{name: sim, type: simulated}]\n'

/** A folder with a configuration that has an operator, and a way to run `keys` there. */
function folder(t: Test, more = '') {
  const config = `${simulated}ledger: {path: ledger.db}\nclients: [{name: root, key: root-key, role: operator}]\n`
  const cwd = t.testdir({ 'hulumanage.yaml': config + more, elsewhere: {} })
  const keys = async (...words: readonly string[]) => await runHere(t, ['keys', ...words], { cwd })
  const create = async (...words: readonly string[]) =>
    JSON.parse((await keys('create', ...words, '--json')).stdout) as { readonly key: string }
  return { cwd, keys, create }
}

async function statusOf(url: string, key: string): Promise<number> {
  return (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status
}

t.test('keys create --entry prints a key once, and an entry with which the server accepts it', async t => {
  const cwd = t.testdir({})
  const words = ['keys', 'create', 'ann', '--role', 'operator', '--entry']
  const { code, stdout, stderr } = await runHere(t, words, { cwd })
  t.same([code, stderr], [0, ''])
  const [, key = ''] = /^ {2}(hm-[\w-]{43})$/m.exec(stdout) ?? []
  t.equal(stdout.split(key).length, 2, 'once')
  const entry = stdout.slice(stdout.indexOf('  - key:'))
  t.match(entry, `key: sha256:${hash('sha256', key)}`)
  writeFileSync(join(cwd, 'hulumanage.yaml'), `${simulated}clients:\n${entry}`)
  const { url } = await serveHere(t, { cwd })
  const headers = { authorization: `Bearer ${key}` }
  t.equal((await fetch(`${url}/metrics`, { headers })).status, 200)
  t.equal((await fetch(`${url}/metrics`)).status, 401)
})

t.test('each key is another one, and an entry has all fields, also as JSON', async t => {
  const words = ['keys', 'create', 'bob', '--entry', '--budget', 'usd=2', '--models', 'a, gpt-*', '--json']
  const made = async () => JSON.parse((await runHere(t, words)).stdout) as { key: string }
  const [one, other] = [await made(), await made()]
  t.not(one.key, other.key)
  const rights = { role: 'user', models: ['a', 'gpt-*'], budget: { usd: 2, per: 'month' } }
  t.match(one, { client: { name: 'bob', key: `sha256:${hash('sha256', one.key)}`, ...rights } })
})

t.test('what the configuration would refuse is refused here', async t => {
  const refusal = async (...words: readonly string[]) =>
    (await runHere(t, ['keys', 'create', ...words, '--entry'])).stderr
  t.match(await refusal('a b'), /name: expected up to 64 letters/)
  t.match(await refusal('ann', '--role', 'king'), /role: expected one of "user", "operator"/)
  t.match(await refusal('ann', '--budget', 'usd=much'), /budget.usd: expected a number above 0/)
  t.match(await refusal('ann', '--budget', 'much'), /--budget: expected pairs such as/)
  t.match(await refusal(), /name the client/)
  t.match(
    (await runHere(t, ['keys', 'rotate', 'ann', '--role', 'operator'])).stderr,
    /keys rotate takes no --role/,
  )
  t.match((await runHere(t, ['keys', 'list', 'ann'])).stderr, /keys list takes no name/)
})

t.test(
  'keys of the file are accepted by a running server, and refused soon after they are revoked',
  async t => {
    const { cwd, keys, create } = folder(t, 'chains: {fast: re2}\n')
    const first = await create('ann', '--chains', 'fast', '--expires', '2999-01-01')
    const { url, logged, log } = await serveHere(t, { cwd })
    t.equal(await statusOf(url, first.key), 200)
    const rotated = JSON.parse((await keys('rotate', 'ann', '--grace', '3600', '--json')).stdout) as {
      key: string
    }
    await logged('"rotated":["ann"]')
    t.same([await statusOf(url, first.key), await statusOf(url, rotated.key)], [200, 200])
    const list = (await keys('list')).stdout
    t.match(list, /^root +operator +configuration/m)
    t.match(list, /^ann +user +ledger .* 2999-01-01 .* fast/m)
    t.match((await keys('revoke', 'ann')).stdout, /The key of ann is revoked/)
    await logged('"revoked":["ann"]')
    t.same([await statusOf(url, first.key), await statusOf(url, rotated.key)], [401, 401])
    t.match(await keys('revoke', 'ann'), { code: 1, stderr: /keeps no client "ann"/ })
    for (const { key } of [first, rotated]) t.notOk(log().join('\n').includes(key), 'no key is logged')
  },
)

t.test('through a running server, a change counts at once and is logged with the operator', async t => {
  const { cwd } = folder(t)
  const { url, logged, log } = await serveHere(t, { cwd })
  const env = { HULUMANAGE_SERVER: url, HULUMANAGE_OPERATOR_KEY: 'root-key' }
  // Elsewhere, without a configuration.
  const options = { env, cwd: join(cwd, 'elsewhere') }
  const keys = async (...words: readonly string[]) => await runHere(t, ['keys', ...words], options)
  const { stdout } = await keys('create', 'ann', '--rate-limit', 'requests=9,/embeddings=20,/rerank=200/10s')
  const [, key = ''] = /^ {2}(hm-[\w-]{43})$/m.exec(stdout) ?? []
  t.equal(await statusOf(url, key), 200)
  await logged('"name":"ann","role":"user","by":"root","msg":"client created"')
  t.match(
    (await keys('list')).stdout,
    /^ann +user +ledger .* requests=9,window=60,\/embeddings=20,\/rerank=200\/10s$/m,
  )
  t.match((await keys('rotate', 'ann')).stdout, /hm-/)
  t.equal(await statusOf(url, key), 401)
  t.match(await keys('create', 'ann'), { code: 1, stderr: /answered: The ledger has a client "ann" already/ })
  t.equal((await keys('revoke', 'ann')).code, 0)
  await logged('"name":"ann","by":"root","msg":"client revoked"')
  t.notOk(log().join('\n').includes(key))
  const wrong = { ...env, HULUMANAGE_OPERATOR_KEY: 'wrong' }
  t.match(await runHere(t, ['keys', 'list'], { ...options, env: wrong }), {
    code: 1,
    stderr: /The key is missing or wrong/,
  })
})

t.test('a server that cannot be asked is named', async t => {
  const key = ['--operator-key', 'k']
  t.match(
    (await runHere(t, ['keys', 'list', '--server', 'http://127.0.0.1:1', ...key])).stderr,
    /127\.0\.0\.1:1 does not answer \(.+\); start the server, or name another with --server/,
  )
  t.match((await runHere(t, ['keys', 'list', '--server', 'nowhere', ...key])).stderr, /an address such as/)
  t.match((await runHere(t, ['keys', 'list', '--server', 'http://a'])).stderr, /HULUMANAGE_OPERATOR_KEY/)
})

t.test('a server of another program is named, and no key is called revoked', async t => {
  let body = '{}'
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const options = ['--server', `http://127.0.0.1:${port}`, '--operator-key', 'k']
  const stderr = /does not answer as a server of this program does/
  for (const words of [['list'], ['rotate', 'ann'], ['revoke', 'ann']])
    t.match(await runHere(t, ['keys', ...words, ...options]), { code: 1, stdout: '', stderr })
  body = JSON.stringify({ key: '\u001B[2J', client: { name: 'ann', source: 'ledger' } })
  t.match(await runHere(t, ['keys', 'create', 'ann', ...options]), { code: 1, stdout: '', stderr })
})

t.test('the file gets no clients if the configuration asks nobody for a key, or keeps no file', async t => {
  const config = `${simulated}ledger: {path: ledger.db}\n`
  const open = await runHere(t, ['keys', 'create', 'ann'], { cwd: t.testdir({ 'hulumanage.yaml': config }) })
  t.match(open, { code: 1, stderr: /keys create NAME --role operator --entry/ })
  const { keys } = folder(t)
  t.match((await keys('create', 'ann', '--chains', 'nope')).stderr, /chains: .*nope/)
  t.match((await keys('create', 'root')).stderr, /The configuration has a client "root" already/)
  const none = t.testdir({ 'hulumanage.yaml': `${simulated}ledger: false\napi_keys: [k]\n` })
  t.match((await runHere(t, ['keys', 'create', 'ann'], { cwd: none })).stderr, /keeps no ledger/)
  const memory = t.testdir({ 'hulumanage.yaml': `${simulated}ledger: {path: ':memory:'}\napi_keys: [k]\n` })
  t.match(
    (await runHere(t, ['keys', 'create', 'ann'], { cwd: memory })).stderr,
    /in memory, where no clients are kept/,
  )
})
