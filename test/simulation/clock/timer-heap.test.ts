import fc from 'fast-check'
import t from 'tap'
import { TimerHeap } from '../../../src/simulation/clock/timer-heap.ts'
import type { Timed } from '../../../src/simulation/clock/timer-heap.ts'

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), at: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('take' as const) }),
)

t.test('the first on top is always the one that is due first, whatever was removed', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), steps => {
      const heap = new TimerHeap<Timed>()
      const kept: Timed[] = []
      let order = 0
      const sorted = () => kept.toSorted((one, other) => one.at - other.at || one.order - other.order)
      for (const one of steps) {
        if (one.kind === 'add') {
          const item = { at: one.at, order: order++, index: -1 }
          kept.push(item)
          heap.add(item)
        } else {
          const item = one.kind === 'take' ? heap.first : kept[one.which % Math.max(1, kept.length)]
          if (item) {
            heap.remove(item)
            heap.remove(item)
            kept.splice(kept.indexOf(item), 1)
          }
        }
        if (heap.first !== sorted()[0]) return false
      }
      return kept.every(item => item.index >= 0)
    }),
  )
})
