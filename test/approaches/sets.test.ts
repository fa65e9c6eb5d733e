import t from 'tap'
import sets from '../../approaches/sets/index.ts'
import { textOf } from '../../src/chat/completion.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { contextOf, promptOf, requestOf, textIn } from './model.ts'
import type { Asked, FakeContext } from './model.ts'

const says = (value: number | string) => `Working.\n\nThe answer is ${value}.`

interface Script {
  readonly draws: readonly number[]
  readonly right: number
  /** Answers to a request for a correction. */
  readonly corrected?: number
  readonly lies?: boolean
}

function modelOf({ draws, right, corrected = right, lies = false }: Script) {
  return ({ kind, request }: Asked) => {
    if (kind === 'helper') {
      if (/Choose no winner/.test(promptOf(request))) return 'They part at step 2.'
      const given = textOf(request.messages.at(-2))
      return `1. So it is.\nVerdict: ${given.includes(says(right)) === lies ? 'INCORRECT' : 'CORRECT'}`
    }
    return /refuted/.test(promptOf(request)) ? says(corrected) : draws.map(says)
  }
}

const run = (ctx: FakeContext, params: object = {}) =>
  sets.run(requestOf('q'), ctx, sets.params!.parse(params))

const count = ({ asked }: FakeContext, path: string) => asked.filter(one => one.path === path).length

t.test('answers that agree are neither verified nor corrected', async t => {
  const ctx = contextOf(modelOf({ draws: [1, 1, 1, 1], right: 1 }))
  t.equal(await textIn(await run(ctx)), says(1))
  t.equal(ctx.asked.length, 1)
})

t.test('each different answer is verified once, and only the refuted are corrected', async t => {
  const ctx = contextOf(modelOf({ draws: [1, 2, 3, 2], right: 3 }))
  t.equal(await textIn(await run(ctx)), says(3))
  t.equal(count(ctx, 'compare'), 1)
  t.equal(count(ctx, 'verify'), 3)
  t.equal(count(ctx, 'correct'), 2)
  const verified = ctx.asked.filter(({ path }) => path === 'verify')
  t.ok(verified.every(({ request }) => promptOf(request).includes('They part at step 2.')))
})

t.test('a lying judge cannot outweigh a clear majority', async t => {
  const ctx = contextOf(modelOf({ draws: [1, 1, 1, 1, 2], right: 1, corrected: 3, lies: true }))
  t.equal(await textIn(await run(ctx, { n: 5 })), says(1))
})

t.test('corrections that are new are verified in the next round', async t => {
  const ctx = contextOf(modelOf({ draws: [1, 2, 1, 2], right: 9, corrected: 5 }))
  await run(ctx, { rounds: 2 })
  t.equal(count(ctx, 'verify'), 3)
  t.equal(count(ctx, 'correct'), 3)
})

t.test('it fails if every verification is refused, and answers by votes if they say nothing', async t => {
  const refused = new HulumanageError('upstream_rejected', 'no')
  const model = modelOf({ draws: [1, 2, 2], right: 1 })
  await t.rejects(run(contextOf(asked => (asked.kind === 'helper' ? refused : model(asked)))), refused)
  const silent = contextOf(asked => (asked.kind === 'helper' ? 'Hm.' : model(asked)))
  t.equal(await textIn(await run(silent)), says(2))
})
