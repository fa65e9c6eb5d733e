import fc from 'fast-check'
import t from 'tap'
import { Station } from '../../../src/simulation/upstream/station.ts'

t.test('calls begin in the order in which they came, never too many at once, and leave once', async () => {
  const step = fc.oneof(fc.constant('enter' as const), fc.nat())
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 100 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      (steps, concurrent, waiting) => {
        const station = new Station({ concurrent, waiting })
        const begun: number[] = []
        const inside = new Map<number, () => void>()
        let next = 0
        const running = () => begun.filter(call => inside.has(call)).length
        for (const one of steps) {
          if (one === 'enter') {
            const call = next++
            const isFull = inside.size >= concurrent + waiting
            const leave = station.enter(() => begun.push(call))
            if ((leave === undefined) !== isFull) return false
            if (leave) inside.set(call, leave)
          } else if (inside.size > 0) {
            const [call, leave] = [...inside][one % inside.size]!
            inside.delete(call)
            leave()
            leave()
          }
          if (running() !== Math.min(concurrent, inside.size)) return false
        }
        return begun.every((call, index) => index === 0 || call > begun[index - 1]!)
      },
    ),
  )
  t.pass()
})
