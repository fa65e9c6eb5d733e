import t from 'tap'
import fc from 'fast-check'
import { parseChain } from '../../../src/chain/text/grammar.ts'
import type { Tree } from '../../../src/chain/text/grammar.ts'
import { HulumanageError } from '../../../src/contract/index.ts'

const parse = (text: string, limit = 16) => parseChain({ text, limit, param: 'model' })

function failure(text: string, limit = 16): HulumanageError {
  try {
    parse(text, limit)
  } catch (error) {
    if (error instanceof HulumanageError) return error
    throw error
  }
  throw new Error(`${text} parses`)
}

function print(tree: Tree): string {
  if (tree.kind === 'step') return tree.name
  if (tree.kind === 'group') return `(${print(tree.inner)})`
  return tree.parts.map(print).join({ stack: '-', parallel: '|', sequence: '&' }[tree.kind])
}

/** The tree without offsets. */
function shape(tree: Tree): unknown {
  if (tree.kind === 'step') return tree.name
  if (tree.kind === 'group') return { group: shape(tree.inner) }
  return { [tree.kind]: tree.parts.map(shape) }
}

const { stack } = fc.letrec<Record<'stack' | 'parallel' | 'sequence' | 'step', Tree>>(tie => {
  const list = (kind: 'stack' | 'parallel' | 'sequence', part: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
    fc.oneof(
      { withCrossShrink: true },
      part,
      fc.array(part, { minLength: 2, maxLength: 3 }).map(parts => ({ kind, parts })),
    )
  return {
    step: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/).map(name => ({ kind: 'step' as const, name, at: 0 })),
      tie('stack').map(inner => ({ kind: 'group' as const, inner })),
    ),
    sequence: list('sequence', tie('step')),
    parallel: list('parallel', tie('sequence')),
    stack: list('stack', tie('parallel')),
  }
})

t.test('gives & precedence over | and | over -', async t => {
  t.same(shape(parse('a-b|c&d')), { stack: ['a', { parallel: ['b', { sequence: ['c', 'd'] }] }] })
})

t.test('keeps parentheses', async t => {
  t.same(shape(parse('(a|b)&c')), { sequence: [{ group: { parallel: ['a', 'b'] } }, 'c'] })
})

t.test('ignores spaces', async t => {
  t.same(shape(parse(' a & ( b | c ) ')), shape(parse('a&(b|c)')))
})

t.test('reads back what it prints', async () => {
  fc.assert(
    fc.property(stack, tree => {
      const read = parse(print(tree), 10_000)
      return JSON.stringify(shape(read)) === JSON.stringify(shape(tree))
    }),
  )
})

t.test('throws only coded errors, whatever the text', async t => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', '-', '&', '|', '(', ')', ' ') }))
  fc.assert(
    fc.property(text, text => {
      try {
        parse(text)
      } catch (error) {
        t.ok(error instanceof HulumanageError)
        t.match(error, { status: 400, param: 'model' })
      }
    }),
  )
})

t.test('marks the position with a caret', async t => {
  t.match(failure('bon&&moa'), {
    code: 'invalid_chain',
    message: /: expected a step name.*\n  bon&&moa\n {6}\^$/,
  })
  t.match(failure('(bon'), { message: /"\(" is never closed\n  \(bon\n  \^$/ })
  t.match(failure('bon)'), { message: /this "\)" has no matching "\("\n  bon\)\n {5}\^$/ })
  t.match(failure('bon moa'), { message: /\n  bon moa\n {6}\^$/ })
  t.match(failure(''), { code: 'invalid_chain' })
})

t.test('shows at most one line of a long text', async t => {
  const { message } = failure(`${'a|'.repeat(8)}${' '.repeat(100_000)}!\u0007`)
  t.ok(message.length < 400)
  t.match(message, /\.\.\. +!\?\n +\^$/)
})

t.test('limits steps and levels', async t => {
  t.match(failure('a|b|c', 2), { code: 'chain_too_long', message: /2 steps/ })
  t.match(failure('((a))', 1), { code: 'chain_too_long', message: /1 levels/ })
  t.match(failure('('.repeat(1_000_000)), { code: 'chain_too_long' })
})
