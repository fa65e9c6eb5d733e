import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Test } from 'tap'
import t from 'tap'
import { MemoryHub } from '../../src/store/memory/memory-hub.ts'
import { answerCalls } from '../../src/store/channel.ts'
import type { Channel } from '../../src/store/channel.ts'
import { callHub, RemoteHub } from '../../src/store/remote-hub.ts'
import { SharedStore } from '../../src/store/shared/shared-store.ts'
import { awaitLease, lease, leases, said } from './borrowing.ts'
import { storeSuite } from './suite.ts'
import { silentLog as log } from '../silent-log.ts'

async function join(t: Test, hub: MemoryHub, peer: string): Promise<SharedStore> {
  const { port1, port2 } = new MessageChannel()
  const channel = channelOf(port1)
  const joined = hub.join(peer, event => channel.send({ event }))
  answerCalls(channel, (method, values) => callHub(joined, method, values))
  const store = await SharedStore.open(new RemoteHub(channelOf(port2)), log)
  t.teardown(async () => {
    await store.close()
    port1.close()
  })
  return store
}

function channelOf(port: MessagePort): Channel {
  return {
    send: message => port.postMessage(message),
    onMessage: listener => void port.on('message', listener),
  }
}

storeSuite('cluster', async t => {
  const hub = new MemoryHub(() => 1_000_000)
  return {
    store: await join(t, hub, 'one'),
    other: await join(t, hub, 'two'),
    pass: ms => sleep(ms),
  }
})

t.test('the leases of a peer that has left are free for others', async t => {
  const hub = new MemoryHub(() => 1_000_000)
  const [one, two] = [await join(t, hub, 'one'), await join(t, hub, 'two')]
  t.equal(await leases(one.leases('p'), 2, 2), 2)
  t.notOk(await lease(two.leases('p'), 2))
  const waiting = awaitLease(two, 'p', 2)
  await hub.join('one', () => {}).leave()
  t.ok(await waiting)
})

t.test('an error of the hub reaches the caller, and the store keeps working', async t => {
  const hub = new MemoryHub(() => 1_000_000)
  const store = await join(t, hub, 'one')
  await t.rejects(store.values.set('key', undefined as never, 1_000))
  t.ok(await lease(store.leases('p'), 1))
})

t.test('notices reach other peers, and later ones until they expire', async t => {
  const hub = new MemoryHub(() => 1_000_000)
  const [one, two] = [await join(t, hub, 'one'), await join(t, hub, 'two')]
  const heard: string[] = []
  const both = new Promise<void>(resolve =>
    two.notices.subscribe((topic, text) => {
      if (heard.push(`${topic}: ${text}`) === 2) resolve()
    }),
  )
  one.notices.subscribe(() => t.fail('its own'))
  await said(two)
  one.notices.post('a', 'stays', 60_000)
  one.notices.post('b', 'goes', 20)
  await both
  await sleep(40)
  t.strictSame(heard, ['a: stays', 'b: goes'])
  const three = await join(t, hub, 'three')
  const late = await new Promise(resolve => three.notices.subscribe((topic, text) => resolve([topic, text])))
  t.strictSame(late, ['a', 'stays'])
})
