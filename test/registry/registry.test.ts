import t from 'tap'
import { NamedRegistry, Registry } from '../../src/registry/registry.ts'

t.test('entries are listed by name, whatever the order they came in', async t => {
  const registry = new Registry<number>('number')
  registry.add('two', 2)
  registry.add('one', 1)
  t.same(registry.names(), ['one', 'two'])
  t.same(registry.values(), [1, 2])
  t.equal(registry.get('one'), 1)
  t.notOk(registry.has('three'))
  t.equal(registry.get('three'), undefined)
})

t.test('a name is taken once, and the error names both who want it', async t => {
  const registry = new Registry<number>('number')
  registry.begin('first.js')
  registry.add('one', 1)
  registry.commit()
  registry.begin('second.js')
  t.throws(() => registry.add('one', 11), {
    code: 'step_duplicate',
    message: 'second.js: the number "one" exists already, from first.js; rename one of them',
  })
  t.equal(registry.get('one'), 1)
})

t.test('a name that a chain could not spell is refused', async t => {
  const registry = new Registry<number>('number')
  for (const name of ['', 'One', '1', 'a-b', 'a&b', '__proto__', 'a b']) {
    t.throws(() => registry.add(name, 1), {
      code: 'step_invalid',
      message: /built in: ".*" is no number name/,
    })
  }
})

t.test('rollback takes back what was added since begin, and only that', async t => {
  const registry = new Registry<number>('number')
  registry.add('one', 1)
  registry.begin('file.js')
  registry.add('two', 2)
  t.equal(registry.get('two'), 2)
  t.equal(registry.originOf('two'), 'file.js')
  registry.rollback()
  t.same(registry.names(), ['one'])
})

t.test('commit keeps what was added and gives its names; a rollback after it changes nothing', async t => {
  const registry = new Registry<number>('number')
  registry.begin('file.js')
  registry.add('two', 2)
  t.same(registry.commit(), ['two'])
  registry.rollback()
  t.same(registry.names(), ['two'])
  registry.add('three', 3)
  t.equal(registry.originOf('three'), 'built in')
})

t.test('what carries its name is checked and goes under it', async t => {
  const registry = new NamedRegistry<{ name: string }>('thing', ({ name }, origin) => {
    if (name === 'bad') throw new Error(`${origin} is bad`)
  })
  registry.add({ name: 'good' })
  t.same(registry.get('good'), { name: 'good' })
  t.throws(() => registry.add({ name: 'bad' }), { message: 'built in is bad' })
  t.same(registry.names(), ['good'])
})
