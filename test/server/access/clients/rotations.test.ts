import { join } from 'node:path'
import t from 'tap'
import { ClientKeeper } from '../../../../src/server/access/clients/client-keeper.ts'
import { openLedger } from '../../../ledger/entries.ts'
import { configOf } from '../../serve.ts'

t.test(
  'of two rotations that read the same key, one is done, and its key is the one that counts',
  async t => {
    const { ledger } = openLedger(t, join(t.testdir({}), 'ledger.db'))
    const { promise: both, resolve } = Promise.withResolvers<void>()
    let reads = 0
    // The thread of a ledger keeps no process alive.
    const alive = setInterval(() => {}, 1_000)
    t.teardown(() => clearInterval(alive))
    const clients = async () => {
      const kept = await ledger.clients()
      if (++reads === 2) resolve()
      await both
      return kept
    }
    const config = configOf({ clients: [{ name: 'root', key: 'root-key', role: 'operator' }] })
    const options = { config, checkChain: () => {} }
    await new ClientKeeper({ ...options, ledger }).create({ name: 'ann' })
    const changeClients: typeof ledger.changeClients = change => ledger.changeClients(change)
    const keeper = new ClientKeeper({ ...options, ledger: { clients, changeClients } })
    const outcomes = await Promise.allSettled([keeper.rotate('ann', {}), keeper.rotate('ann', {})])
    t.match(
      outcomes.toSorted((one, other) => one.status.localeCompare(other.status)),
      [
        { status: 'fulfilled', value: { key: /^hm-/ } },
        { status: 'rejected', reason: { status: 409, message: /"ann" was changed at the same time/ } },
      ],
    )
  },
)
