import { mock } from 'node:test'
import t from 'tap'
import { Pulse } from '../../../src/server/stream/heartbeat.ts'

/** Counts its beats. */
class Counter {
  place = -1
  beats = 0
  beat(): void {
    this.beats++
  }
}

t.test('all of one pace beat together, until they leave', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const [one, other, slow] = [new Counter(), new Counter(), new Counter()]
  Pulse.every(100).join(one)
  Pulse.every(250).join(slow)
  mock.timers.tick(150)
  Pulse.every(100).join(other)
  mock.timers.tick(150)
  t.same([one.beats, other.beats, slow.beats], [3, 2, 1])
  Pulse.every(100).leave(one)
  mock.timers.tick(100)
  t.same([one.beats, other.beats], [3, 3])
  Pulse.every(100).leave(other)
  Pulse.every(250).leave(slow)
  mock.timers.tick(1000)
  t.same([one.beats, other.beats, slow.beats], [3, 3, 1])
})
