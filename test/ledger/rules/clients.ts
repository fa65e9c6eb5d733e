import type { Test } from 'tap'
import type { AddedClient, ClientChange } from '../../../src/ledger/clients/stored-clients.ts'
import { noon } from '../entries.ts'
import type { NewPlace } from './place.ts'

/** A change that adds a client. */
export function adding(name: string, facts: Partial<AddedClient> = {}): ClientChange {
  const client = { name, fields: '{}', hash: `hash of ${name}`, role: 'user', ends_at: null, ...facts }
  return { kind: 'add', at: noon, client }
}

function revoking(name: string, keepsOperator = false): ClientChange {
  return { kind: 'revoke', at: noon, name, keepsOperator }
}

function rotating(name: string, graceUntil: number, replaced = `hash of ${name}`): ClientChange {
  const facts = { name, replaced, hash: 'new hash', fields: '{}', ends_at: null }
  return { kind: 'rotate', at: noon + 1, graceUntil, ...facts }
}

/** Tests how named clients are kept, wherever a ledger is. */
export async function testClients(t: Test, at: NewPlace): Promise<void> {
  await t.test(
    'clients are kept with hashes, and found by every server that shares the database',
    async t => {
      const place = await at(t)
      const [one, other] = [place.open().ledger, place.open().ledger]
      t.equal(await one.changeClients(adding('bob')), 'done')
      t.equal(await other.changeClients(adding('ann', { fields: '{"role":"operator"}' })), 'done')
      const kept = await one.clients()
      t.match(kept?.clients, [
        { name: 'ann', fields: '{"role":"operator"}', hash: 'hash of ann', previous: null, created_at: noon },
        { name: 'bob', hash: 'hash of bob', rotated_at: null },
      ])
      t.equal(await other.clients(kept!.revision), undefined, 'nothing has changed')
      await one.changeClients(revoking('bob'))
      t.match((await other.clients(kept!.revision))?.clients, [{ name: 'ann' }])
    },
  )

  await t.test('of two servers that add the same name at once, one succeeds', async t => {
    const place = await at(t)
    const ledgers = [place.open().ledger, place.open().ledger]
    const outcomes = await Promise.all(
      ledgers.map((ledger, index) => ledger.changeClients(adding('ann', { hash: String(index) }))),
    )
    t.same(outcomes.toSorted(), ['done', 'taken'])
    t.equal((await ledgers[0]!.clients())?.clients.length, 1)
  })

  await t.test('a rotation keeps the hash of the present key for its grace only', async t => {
    const { ledger } = (await at(t)).open()
    await ledger.changeClients(adding('ann'))
    t.equal(await ledger.changeClients(rotating('ann', noon + 60_000)), 'done')
    t.match((await ledger.clients())?.clients, [
      { hash: 'new hash', previous: 'hash of ann', previous_until: noon + 60_000, rotated_at: noon + 1 },
    ])
    t.equal(await ledger.changeClients(rotating('ann', noon + 1)), 'changed', 'its key is another one')
    t.equal(await ledger.changeClients(rotating('ann', noon + 1, 'new hash')), 'done')
    t.match((await ledger.clients())?.clients, [{ previous: null, previous_until: null }])
    t.equal(await ledger.changeClients(rotating('bob', noon + 1)), 'unknown')
  })

  await t.test('the last operator whose key is accepted stays, if one must', async t => {
    const { ledger } = (await at(t)).open()
    await ledger.changeClients(adding('ann', { role: 'operator' }))
    await ledger.changeClients(adding('bob', { role: 'operator', ends_at: noon }))
    t.equal(await ledger.changeClients(revoking('ann', true)), 'last_operator')
    t.equal(await ledger.changeClients(revoking('carl', true)), 'unknown')
    await ledger.changeClients(adding('carl', { role: 'operator', ends_at: noon + 1 }))
    t.equal(await ledger.changeClients(revoking('ann', true)), 'done')
    t.equal(await ledger.changeClients(revoking('carl')), 'done')
  })
}
