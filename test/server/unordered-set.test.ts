import t from 'tap'
import fc from 'fast-check'
import { Crowd } from '../../src/server/unordered-set.ts'

t.test('whoever comes and goes in whatever order, those who are there are there once', async () => {
  const steps = fc.array(fc.nat({ max: 9 }), { maxLength: 100 })
  fc.assert(
    fc.property(steps, turns => {
      const crowd = new Crowd<{ place: number; readonly name: number }>()
      const everybody = Array.from({ length: 10 }, (_, name) => ({ name, place: -1 }))
      const present = new Set<number>()
      for (const name of turns) {
        if (present.delete(name)) crowd.delete(everybody[name]!)
        else {
          present.add(name)
          crowd.add(everybody[name]!)
        }
      }
      const names = [...crowd].map(member => member.name)
      return (
        crowd.size === present.size && names.length === present.size && names.every(name => present.has(name))
      )
    }),
  )
})

t.test('who leaves during a round does not keep the others from their turn', async t => {
  const crowd = new Crowd<{ place: number; readonly name: number }>()
  const everybody = [0, 1, 2, 3].map(name => ({ name, place: -1 }))
  for (const member of everybody) crowd.add(member)
  const met: number[] = []
  for (const member of crowd) {
    met.push(member.name)
    crowd.delete(member)
  }
  t.same(met, [0, 1, 2, 3])
  t.equal(crowd.size, 0)
})
