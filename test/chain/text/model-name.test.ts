import t from 'tap'
import fc from 'fast-check'
import { splitModelName } from '../../../src/chain/text/model-name.ts'
import type { Tree } from '../../../src/chain/text/grammar.ts'
import { HulumanageError } from '../../../src/contract/index.ts'

const steps = new Set(['none', 'bon', 'moa', 're2', 'proxy'])
const listed = new Set(['moa-7b', 'auto-big', 'bon'])

function split(text: string) {
  return splitModelName(
    { text, limit: 16, param: 'model' },
    {
      step: name => steps.has(name),
      foreign: name => name === 'memory',
      model: id => listed.has(id),
      unknown: (name, _source, at) => new HulumanageError('unknown_approach', `${name} at ${at}`),
    },
  )
}

function print(tree: Tree | undefined): string {
  if (!tree) return ''
  if (tree.kind === 'step') return tree.name
  if (tree.kind === 'group') return `(${print(tree.inner)})`
  return tree.parts.map(print).join({ stack: '-', parallel: '|', sequence: '&' }[tree.kind])
}

const cases: readonly [text: string, chain: string, model: string][] = [
  ['gpt-4o-mini', '', 'gpt-4o-mini'],
  ['proxy-gpt-3.5-turbo', 'proxy', 'gpt-3.5-turbo'],
  ['bon&proxy-gpt-4', 'bon&proxy', 'gpt-4'],
  ['moa-gpt-4o-mini', 'moa', 'gpt-4o-mini'],
  ['re2-bon|moa-gpt', 're2-bon|moa', 'gpt'],
  ['(re2-bon)&moa-gpt-4', '(re2-bon)&moa', 'gpt-4'],
  ['org/moa-gpt', '', 'org/moa-gpt'],
  ['moa-org/model', 'moa', 'org/model'],
  ['Moa-gpt', '', 'Moa-gpt'],
  ['moa', 'moa', ''],
  ['moa-', 'moa', ''],
  ['moa--x', 'moa', '-x'],
  ['', '', ''],
]

for (const [text, chain, model] of cases) {
  t.test(`reads "${text}" as chain "${chain}" and model "${model}"`, async t => {
    const name = split(text)
    t.equal(print(name.chain), chain)
    t.equal(name.model, model)
  })
}

t.test('prefers a listed model id to a chain, alone or after other steps', async t => {
  t.match(split('moa-7b'), { chain: undefined, model: 'moa-7b' })
  t.match(split('bon'), { chain: undefined, model: 'bon' })
  t.equal(print(split('proxy-moa-7b').chain), 'proxy')
  t.equal(split('proxy-moa-7b').model, 'moa-7b')
  t.equal(split('auto-big').model, 'auto-big')
})

t.test('ends the chain at none-, whatever the model id looks like', async t => {
  t.equal(split('none-bon-x').model, 'bon-x')
  t.equal(split('none-a&b(').model, 'a&b(')
  t.equal(print(split('proxy-none-moa-x').chain), 'proxy-none')
  t.equal(split('proxy-none-moa-x').model, 'moa-x')
})

t.test('strips auto-, which selects nothing', async t => {
  t.same(split('auto-gpt-4o'), { chain: undefined, model: 'gpt-4o' })
  t.equal(print(split('auto-moa-x').chain), 'moa')
  t.same(split('auto'), { chain: undefined, model: '' })
})

t.test('reads a part with an operator as a chain, and an unknown step before it as a mistake', async t => {
  t.throws(() => split('bonn-moa|re2-gpt'), { code: 'unknown_approach', message: 'bonn at 0' })
  t.throws(() => split('gpt-4&bon'), { code: 'unknown_approach', message: 'gpt at 0' })
  t.throws(() => split('(bon-gpt-4'), { code: 'invalid_chain' })
  t.equal(print(split('foo&bar-x').chain), 'foo&bar')
})

t.test('parses very long chains in linear time', async t => {
  t.throws(() => split('bon-'.repeat(1_000_000)), { code: 'chain_too_long' })
})

t.test('returns every letter, or a coded error', async t => {
  const part = fc.constantFrom(
    'bon',
    'moa',
    'none',
    'auto',
    'gpt',
    '4',
    '(',
    ')',
    '&',
    '|',
    '-',
    '-',
    'moa-7b',
  )
  fc.assert(
    fc.property(fc.array(part), parts => {
      const text = parts.join('')
      try {
        const { chain, model } = split(text)
        const rest = text.replace(/^auto(-|$)/, '')
        const whole = chain ? `${print(chain)}${rest === print(chain) ? '' : '-'}${model}` : model
        t.ok(whole === text || whole === rest, `${text}: ${whole}`)
      } catch (error) {
        t.ok(error instanceof HulumanageError, String(error))
      }
    }),
  )
})
