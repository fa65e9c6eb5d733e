import { mock } from 'node:test'
import t from 'tap'
import { Heartbeat } from '../../../src/server/stream/heartbeat.ts'

/** Counts its heartbeats. */
class Counter {
  setIndex = -1
  beats = 0
  onHeartbeat(): void {
    this.beats++
  }
}

t.test('listeners with the same interval are called together, until they are deleted', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const [one, other, slow] = [new Counter(), new Counter(), new Counter()]
  Heartbeat.every(100).add(one)
  Heartbeat.every(250).add(slow)
  mock.timers.tick(150)
  Heartbeat.every(100).add(other)
  mock.timers.tick(150)
  t.same([one.beats, other.beats, slow.beats], [3, 2, 1])
  Heartbeat.every(100).delete(one)
  mock.timers.tick(100)
  t.same([one.beats, other.beats], [3, 3])
  Heartbeat.every(100).delete(other)
  Heartbeat.every(250).delete(slow)
  mock.timers.tick(1000)
  t.same([one.beats, other.beats, slow.beats], [3, 3, 1])
})
