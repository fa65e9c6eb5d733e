import type { Test } from 'tap'
import t from 'tap'
import { SharedStore } from '../../../src/store/shared/shared-store.ts'
import type { Accounts } from '../../../src/store/store.ts'
import { silentLog } from '../../silent-log.ts'
import { BreakingConnection } from './breaking-connection.ts'

const minute = 60_000

async function start(t: Test): Promise<{ connection: BreakingConnection; accounts: Accounts }> {
  const connection = new BreakingConnection()
  const store = await SharedStore.open(connection, silentLog)
  t.teardown(() => store.close())
  return { connection, accounts: store.accounts }
}

const settled = () => new Promise(setImmediate)

/** The sum of an account in the hub. */
async function sumOf({ hub }: BreakingConnection, key: string): Promise<number> {
  await settled()
  return await hub.charge(key, 0, Infinity, minute)
}

t.test('while the hub is away, an account continues from the sum that was seen last', async t => {
  const { connection, accounts } = await start(t)
  await connection.hub.charge('a', 7, 10, minute)
  await accounts.charge('a', 1, 10, minute)
  connection.break()
  t.equal(await accounts.charge('a', 2, 10, minute), 8)
  t.equal(await accounts.charge('a', 1, 10, minute), 10, 'used up')
  t.equal(await accounts.charge('a', -4, Infinity, minute), 10)
  t.equal(await accounts.charge('a', 1, 10, minute), 6)
  t.equal(await accounts.charge('b', 1, 10, minute), 0, 'one that was never seen')
})

t.test('what was charged while the hub was away is added to what others charged', async t => {
  const { connection, accounts } = await start(t)
  await accounts.charge('a', 1, 10, minute)
  connection.break()
  await accounts.charge('a', 2, 10, minute)
  await accounts.charge('b', 3, 10, minute)
  await connection.hub.charge('a', 4, 10, minute)
  await connection.reconnect()
  t.equal(await accounts.charge('a', 1, 10, minute), 7, 'before the next charge')
  t.equal(await sumOf(connection, 'a'), 8, 'once')
  t.equal(await sumOf(connection, 'b'), 3, 'also without another charge')
})

t.test('a hub that has lost its state gets the sums back from the first who knows them', async t => {
  const { connection, accounts } = await start(t)
  for (const key of ['a', 'b']) await accounts.charge(key, 5, 10, minute)
  connection.break()
  for (const key of ['a', 'b']) await accounts.charge(key, 1, 10, minute)
  await connection.lose(() => connection.hub.charge('b', 7, 10, minute))
  t.equal(await accounts.charge('a', 1, 10, minute), 6)
  t.equal(await sumOf(connection, 'a'), 7)
  t.equal(await sumOf(connection, 'b'), 8, 'another has restored it')
})

t.test('a charge whose answer is lost is counted here, and not told to the hub again', async t => {
  const { connection, accounts } = await start(t)
  const answer = connection.hold('charge')
  const charged = accounts.charge('a', 2, 10, minute)
  connection.break()
  answer.reject(new Error('late'))
  t.equal(await charged, 0)
  t.equal(await accounts.charge('a', 1, 10, minute), 2)
  await connection.reconnect()
  t.equal(await sumOf(connection, 'a'), 1)
})

t.test('a charge is told later if what it waited for could not be told', async t => {
  const { connection, accounts } = await start(t)
  connection.break()
  // The newest is told first.
  for (const key of ['a', 'b']) await accounts.charge(key, 2, 10, minute)
  const held = [connection.hold('charge')]
  await connection.reconnect()
  held.push(connection.hold('charge'))
  const charged = accounts.charge('a', 3, 10, minute)
  await settled()
  connection.break()
  for (const answer of held) answer.reject(new Error('gone'))
  t.equal(await charged, 2)
  await connection.reconnect()
  t.equal(await sumOf(connection, 'a'), 5)
})

t.test('what the hub could not be told is told once it is back again', async t => {
  const { connection, accounts } = await start(t)
  connection.break()
  await accounts.charge('a', 2, 10, minute)
  const answer = connection.hold('charge')
  await connection.reconnect()
  connection.break()
  answer.reject(new Error('gone'))
  await settled()
  t.equal(await accounts.charge('a', 1, 10, minute), 2)
  await connection.reconnect()
  t.equal(await sumOf(connection, 'a'), 3)
})
