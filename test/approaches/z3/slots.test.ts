import t from 'tap'
import { Slots } from '../../../approaches/z3/slots.ts'

const { signal } = new AbortController()

t.test('runs a limited number at a time, the others in order', async t => {
  const slots = new Slots(2)
  const began: number[] = []
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<undefined>())
  let most = 0
  let running = 0
  const runs = gates.map((gate, index) =>
    slots.run(signal, async () => {
      began.push(index)
      most = Math.max(most, ++running)
      await gate.promise
      running--
    }),
  )
  for (const [index, gate] of gates.entries()) {
    gate.resolve(undefined)
    await runs[index]
  }
  t.same(began, [0, 1, 2, 3, 4])
  t.equal(most, 2)
})

t.test('frees a slot after an error, and never passes it to a waiter that has left', async t => {
  const slots = new Slots(1)
  const gate = Promise.withResolvers<never>()
  const failing = slots.run(signal, () => gate.promise)
  const controller = new AbortController()
  const leaving = slots.run(controller.signal, async () => 'left')
  const waiting = slots.run(signal, async () => 'next')
  controller.abort()
  await t.rejects(leaving, { name: 'AbortError' })
  gate.reject(new Error('broken'))
  await t.rejects(failing, /broken/)
  t.equal(await waiting, 'next')
  t.equal(await slots.run(signal, async () => 'free again'), 'free again')
  await t.rejects(
    slots.run(controller.signal, async () => 'gone'),
    { name: 'AbortError' },
  )
})
