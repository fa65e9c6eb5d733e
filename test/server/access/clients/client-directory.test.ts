import { hash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { CurrentConfig } from '../../../../src/config/current.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { KeyCheck } from '../../../../src/server/access/auth.ts'
import { ClientDirectory } from '../../../../src/server/access/clients/client-directory.ts'
import { openLedger } from '../../../ledger/entries.ts'
import { configOf } from '../../serve.ts'

/** A directory over a ledger, with the lines that it logs. */
function directoryOver(t: Test, ledger: Ledger | undefined, config = {}, pollMs = 5) {
  const lines = new PassThrough({ encoding: 'utf8' })
  const logged: string[] = []
  lines.on('data', (line: string) => logged.push(line))
  const current = new CurrentConfig(configOf(config))
  const view = { value: ledger, counts: { written: 0, dropped: 0, waiting: 0, isFailing: false } }
  const directory = new ClientDirectory({ ledger: view, config: current, log: pino({}, lines), pollMs })
  // Neither the polls nor the thread of a ledger keep a process alive.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => {
    clearInterval(alive)
    directory.close()
  })
  const check = new KeyCheck(current, directory, () => true)
  return { directory, view, current, logged, lines, check }
}

async function add(ledger: Ledger, name: string, key: string, fields: object = {}) {
  const client = {
    name,
    fields: JSON.stringify(fields),
    hash: hash('sha256', key),
    role: 'user',
    ends_at: null,
  }
  return await ledger.changeClients({ kind: 'add', at: Date.now(), client })
}

function bearer(key: string) {
  return { authorization: `Bearer ${key}` }
}

t.test(
  'a client of the ledger is accepted with its rights, and refused soon after another server revokes it',
  async t => {
    const path = join(t.testdir({}), 'ledger.db')
    const [ours, theirs] = [openLedger(t, path).ledger, openLedger(t, path).ledger]
    await add(theirs, 'ann', 'hm-ann', { role: 'operator', models: ['gpt-*'] })
    const { directory, check, lines, logged } = directoryOver(t, ours)
    await directory.open()
    t.match(check.check(bearer('hm-ann')), {
      allowed: true,
      tenant: 'client:ann',
      role: 'operator',
      client: { name: 'ann', models: ['gpt-*'] },
    })
    t.match(check.check(bearer('hm-bob')), { allowed: false })
    t.match(check.check({}), { allowed: false }, 'a key is required')
    t.same(logged, [], 'a start is no change')
    await theirs.changeClients({ kind: 'revoke', at: Date.now(), name: 'ann', keepsOperator: false })
    await add(theirs, 'bob', 'hm-bob')
    while (!logged.join('').includes('bob')) await once(lines, 'data')
    t.notOk(check.check(bearer('hm-ann')).allowed)
    t.match(logged.join(''), /"revoked":\["ann"\].*the clients in the ledger have changed/)
  },
)

t.test(
  'while the database is away, the keys that were known last stay valid, and the log says so once',
  async t => {
    const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
    await add(ledger, 'ann', 'hm-ann')
    const { directory, view, check, logged } = directoryOver(t, ledger, {}, 1e6)
    await directory.open()
    const away = { clients: () => Promise.reject(new Error('no route to the database')) }
    view.value = away as unknown as Ledger
    await directory.refresh()
    await directory.refresh()
    t.ok(check.check(bearer('hm-ann')).allowed)
    t.match(directory.report(), { ok: false, kept: 1, error: 'no route to the database' })
    t.match(logged, [/no route.*the keys that were known last stay valid/])
    view.value = ledger
    await directory.refresh()
    t.match(logged, [/stay valid/, /are read again/])
    t.match(directory.report(), { ok: true })
  },
)

t.test('a key that nobody can look up yet is not called wrong', async t => {
  const away = { clients: () => Promise.reject(new Error('away')) } as unknown as Ledger
  const { directory, check } = directoryOver(t, away, { api_keys: ['plain'] }, 1e6)
  await directory.open()
  t.match(check.check(bearer('hm-ann')), { allowed: false, isUncertain: true })
  t.match(check.check({}), { allowed: false, isUncertain: false })
  t.match(check.check(bearer('plain')), { allowed: true, role: undefined })
})

t.test('an operator in the ledger makes plain keys those of users', async t => {
  const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
  const { directory, check } = directoryOver(t, ledger, { api_keys: ['plain'] }, 1e6)
  await directory.open()
  t.equal(check.check(bearer('plain')).role, undefined)
  await add(ledger, 'root', 'hm-root', { role: 'operator' })
  await directory.refresh()
  t.equal(check.check(bearer('plain')).role, 'user')
})

t.test('the replaced key of a client is accepted until its grace has passed', async t => {
  const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
  await add(ledger, 'ann', 'old')
  const { directory, check } = directoryOver(t, ledger, {}, 1e6)
  await directory.open()
  const rotate = async (at: number, old: string, key: string): Promise<void> => {
    const hashes = { replaced: hash('sha256', old), hash: hash('sha256', key) }
    const facts = { name: 'ann', ...hashes, fields: '{}', ends_at: null }
    await ledger.changeClients({ kind: 'rotate', at, graceUntil: at + 60_000, ...facts })
    await directory.refresh()
  }
  await rotate(Date.now(), 'old', 'new')
  t.match(check.check(bearer('old')), { allowed: true, tenant: 'client:ann' })
  t.match(check.check(bearer('new')), { allowed: true, tenant: 'client:ann' })
  await rotate(Date.now() - 60_000, 'new', 'newer')
  t.match(check.check(bearer('new')), { allowed: false, isReplaced: true })
  t.ok(check.check(bearer('newer')).allowed)
  t.notOk(check.check(bearer('old')).allowed)
})

t.test('a name in the configuration counts before the same name in the ledger', async t => {
  const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
  await add(ledger, 'ann', 'kept', { role: 'operator' })
  const { directory, check, current, logged } = directoryOver(t, ledger, {}, 1e6)
  await directory.open()
  t.ok(check.check(bearer('kept')).allowed)
  current.replace(configOf({ clients: [{ name: 'ann', key: 'configured' }] }))
  t.notOk(check.check(bearer('kept')).allowed)
  t.match(check.check(bearer('configured')), { allowed: true, role: 'user' })
  t.match(logged, [/"clients":\["ann"\].*the keys of those in the ledger are refused/])
})

t.test('a row that this program would not write is left out, and the others count', async t => {
  const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
  await add(ledger, 'ann', 'hm-ann')
  await add(ledger, 'a\u202eb', 'hm-b')
  await add(ledger, 'king', 'hm-king', { role: 'king' })
  const { directory, check, logged } = directoryOver(t, ledger, {}, 1e6)
  await directory.open()
  t.ok(check.check(bearer('hm-ann')).allowed)
  t.notOk(check.check(bearer('hm-b')).allowed)
  t.notOk(check.check(bearer('hm-king')).allowed)
  t.match(logged, [/"clients":\["a\?b","king"\]/])
})

t.test('another ledger after a reload brings its own clients', async t => {
  const [one, other] = ['one', 'other'].map(name => openLedger(t, join(t.testdir({}), name)).ledger)
  await add(one!, 'ann', 'hm-ann')
  const { directory, check, view } = directoryOver(t, one, { api_keys: ['plain'] }, 1e6)
  await directory.open()
  t.ok(check.check(bearer('hm-ann')).allowed)
  view.value = other
  await directory.refresh()
  t.notOk(check.check(bearer('hm-ann')).allowed)
  view.value = undefined
  await directory.refresh()
  t.same(directory.value, [])
})
