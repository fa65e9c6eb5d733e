import t from 'tap'
import { Entries, NamedRegistry, Registry } from '../../src/registry/registry.ts'

t.test('entries are listed by name, whatever the order of registration', async t => {
  const registry = new Registry<number>('number')
  registry.add('two', 2)
  registry.add('one', 1)
  t.same(registry.names(), ['one', 'two'])
  t.same(registry.values(), [1, 2])
  t.equal(registry.get('one'), 1)
  t.notOk(registry.has('three'))
  t.equal(registry.get('three'), undefined)
})

t.test('a name can be registered once, and the error names both files', async t => {
  const registry = new Registry<number>('number')
  await Entries.addTogether([registry], 'first.js', () => registry.add('one', 1))
  await t.rejects(
    Entries.addTogether([registry], 'second.js', () => registry.add('one', 11)),
    {
      code: 'step_duplicate',
      message: 'second.js: the number "one" exists already, from first.js; rename one of them',
    },
  )
  t.equal(registry.get('one'), 1)
})

t.test('a name that cannot be written in a chain is refused', async t => {
  const registry = new Registry<number>('number')
  for (const name of ['', 'One', '1', 'a-b', 'a&b', '__proto__', 'a b']) {
    t.throws(() => registry.add(name, 1), {
      code: 'step_invalid',
      message: /built in: ".*" is not a valid number name/,
    })
  }
})

t.test('failed work leaves none of its additions in any registry, and removes nothing else', async t => {
  const [numbers, letters] = [new Registry<number>('number'), new Registry<string>('letter')]
  numbers.add('one', 1)
  const work = async () => {
    numbers.add('two', 2)
    letters.add('a', 'A')
    t.equal(numbers.get('two'), 2)
    t.equal(numbers.originOf('two'), 'file.js')
    throw new Error('failed')
  }
  await t.rejects(Entries.addTogether([numbers, letters], 'file.js', work), { message: 'failed' })
  t.same(numbers.names(), ['one'])
  t.same(letters.names(), [])
  numbers.add('two', 22)
  t.equal(numbers.originOf('two'), 'built in')
})

t.test('successful work keeps its additions, and returns their names', async t => {
  const registry = new Registry<number>('number')
  const names = await Entries.addTogether([registry], 'file.js', () => registry.add('two', 2))
  t.same(names, ['two'])
  t.same(registry.names(), ['two'])
  registry.add('three', 3)
  t.equal(registry.originOf('three'), 'built in')
})

t.test('a rehearsal keeps nothing', async t => {
  const registry = new Registry<number>('number')
  const work = () => registry.add('two', 2)
  t.same(await Entries.addTogether([registry], 'file.js', work, { keep: false }), [])
  t.same(registry.names(), [])
})

t.test('an entry with a name is checked and registered under it', async t => {
  const registry = new NamedRegistry<{ name: string }>('thing', ({ name }, origin) => {
    if (name === 'bad') throw new Error(`${origin} is bad`)
  })
  registry.add({ name: 'good' })
  t.same(registry.get('good'), { name: 'good' })
  t.throws(() => registry.add({ name: 'bad' }), { message: 'built in is bad' })
  t.same(registry.names(), ['good'])
})
