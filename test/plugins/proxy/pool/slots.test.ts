import t from 'tap'
import fc from 'fast-check'
import { LocalLeases } from '../../../../src/store/memory/memory-store.ts'
import { roomOf, Slots } from '../../../../plugins/proxy/pool/slots.ts'
import type { Lease, SlotOwner } from '../../../../plugins/proxy/pool/slots.ts'

const limits = { max_concurrent: 100, max_waiting: 10 }
const never = new AbortController().signal

function owner(maxConcurrent?: number): SlotOwner {
  return { active: 0, maxConcurrent, leases: new LocalLeases() }
}

/** Takes a slot of the first owner with room, as a chooser does. */
function taking(slots: Slots<SlotOwner>, ...owners: readonly SlotOwner[]): () => Lease | undefined {
  return () => {
    const free = slots.hasRoom ? owners.find(one => roomOf(one) === 'free') : undefined
    return free && slots.take(free)
  }
}

t.test('a slot is taken at once if one is free, and never more than the limit', async t => {
  const slots = new Slots(() => limits)
  const one = owner(2)
  t.ok(taking(slots, one)())
  t.ok(taking(slots, one)())
  t.equal(taking(slots, one)(), undefined)
  t.equal(one.active, 2)
})

t.test('the limit across all owners holds', async t => {
  const slots = new Slots(() => ({ ...limits, max_concurrent: 1 }))
  t.ok(taking(slots, owner())())
  t.equal(taking(slots, owner())(), undefined)
})

t.test('waiting calls are served in order of arrival', async t => {
  const slots = new Slots(() => limits)
  const one = owner(1)
  const first = taking(slots, one)()!
  const order: number[] = []
  const waits = [1, 2, 3].map(async number => {
    const lease = await slots.wait(taking(slots, one), 10_000, never)
    order.push(number)
    lease?.release()
  })
  t.equal(slots.waiting, 3)
  first.release()
  await Promise.all(waits)
  t.strictSame(order, [1, 2, 3])
  t.strictSame([one.active, slots.running, slots.waiting], [0, 0, 0])
})

t.test('a waiter for a busy owner does not hold up one for an idle owner', async t => {
  const slots = new Slots(() => limits)
  const [busy, idle] = [owner(1), owner(1)]
  taking(slots, busy)()
  const idleLease = taking(slots, idle)()!
  const controller = new AbortController()
  const first = slots.wait(taking(slots, busy), 10_000, controller.signal)
  const second = slots.wait(taking(slots, idle), 10_000, never)
  idleLease.release()
  t.equal((await second)?.owner, idle)
  controller.abort()
  await t.rejects(first, { name: 'AbortError' })
})

t.test('too many waiting calls are refused at once', async t => {
  const slots = new Slots(() => ({ ...limits, max_waiting: 1 }))
  const full = owner(1)
  const lease = taking(slots, full)()!
  const waiting = slots.wait(taking(slots, full), 10_000, never)
  await t.rejects(slots.wait(taking(slots, full), 10_000, never), { code: 'queue_full', retryAfter: 1 })
  lease.release()
  ;(await waiting)?.release()
})

t.test('a wait ends with its time, and with its signal', async t => {
  const slots = new Slots(() => limits)
  const full = owner(1)
  taking(slots, full)()
  t.equal(await slots.wait(taking(slots, full), 1, never), undefined)
  const controller = new AbortController()
  const waiting = slots.wait(taking(slots, full), 10_000, controller.signal)
  controller.abort(new Error('gone'))
  await t.rejects(waiting, { message: 'gone' })
  t.equal(slots.waiting, 0)
})

t.test('a wait that has become pointless ends with the error of its chooser', async t => {
  const slots = new Slots(() => limits)
  const waiting = slots.wait(
    () => {
      throw new Error('no owner is left')
    },
    10_000,
    never,
  )
  slots.poke()
  await t.rejects(waiting, { message: 'no owner is left' })
})

t.test('a lease is released once, however often `release` is called', async t => {
  const slots = new Slots(() => limits)
  const one = owner(1)
  const lease = taking(slots, one)()!
  lease.release()
  lease.release()
  t.equal(one.active, 0)
  t.equal(slots.running, 0)
})

t.test('whatever the order of taking and releasing, limits hold and nothing leaks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(2), { maxLength: 80 }), async steps => {
      const slots = new Slots(() => ({ max_concurrent: 4, max_waiting: 100 }))
      const owners = [owner(1), owner(2), owner()]
      const held: Lease[] = []
      const waits: Promise<void>[] = []
      for (const step of steps) {
        if (step === 0) held.shift()?.release()
        else
          waits.push(
            slots
              .wait(taking(slots, ...owners.slice(step - 1)), 60_000, never)
              .then(lease => void held.push(lease!)),
          )
        slots.poke()
        await Promise.resolve()
        if (slots.running > 4 || owners.some(each => each.active > (each.maxConcurrent ?? Infinity)))
          return false
      }
      while (slots.waiting > 0 || held.length > 0) {
        held.shift()?.release()
        await Promise.resolve()
      }
      await Promise.all(waits)
      for (const lease of held) lease.release()
      return slots.running === 0 && owners.every(each => each.active === 0)
    }),
    { numRuns: 50 },
  )
})
