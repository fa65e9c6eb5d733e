import t from 'tap'
import fc from 'fast-check'
import { UnorderedSet } from '../../src/server/unordered-set.ts'

t.test('members added and deleted in any order are in the set exactly once', async () => {
  const steps = fc.array(fc.nat({ max: 9 }), { maxLength: 100 })
  fc.assert(
    fc.property(steps, turns => {
      const set = new UnorderedSet<{ setIndex: number; readonly name: number }>()
      const members = Array.from({ length: 10 }, (_, name) => ({ name, setIndex: -1 }))
      const present = new Set<number>()
      for (const name of turns) {
        if (present.delete(name)) set.delete(members[name]!)
        else {
          present.add(name)
          set.add(members[name]!)
        }
      }
      const names = [...set].map(member => member.name)
      return (
        set.size === present.size && names.length === present.size && names.every(name => present.has(name))
      )
    }),
  )
})

t.test('a member deleted during an iteration does not keep the others from being visited', async t => {
  const set = new UnorderedSet<{ setIndex: number; readonly name: number }>()
  const members = [0, 1, 2, 3].map(name => ({ name, setIndex: -1 }))
  for (const member of members) set.add(member)
  const met: number[] = []
  for (const member of set) {
    met.push(member.name)
    set.delete(member)
  }
  t.same(met, [0, 1, 2, 3])
  t.equal(set.size, 0)
})
