import t from 'tap'
import mcts from '../../approaches/mcts.ts'
import { contextOf, requestOf, textIn } from './model.ts'
import { randomOf } from './random.ts'

const params = {
  simulations: 2,
  depth: 1,
  exploration: 0.2,
  width: 3,
  parallel: 1,
  temperature: 1,
  scorer: 'grade',
  judge: '',
} as const

/**
 * A model with known values: drafts have a quality from 0 to 1, and a refinement changes it at random, slightly for the
 * better. `judge` turns a quality into points. Returns the mean quality of the answers and of all drafts.
 */
async function quality(judge: (quality: number, noise: number) => number, options = {}) {
  const sums = { answer: 0, written: 0 }
  const runs = 60
  for (let seed = 1; seed <= runs; seed++) {
    const random = randomOf(seed)
    const known = new Map<string, number>()
    const write = (from: number | undefined): string => {
      const value = from === undefined ? random() * 0.6 : from + (random() - 0.45) * 0.4
      const name = `draft ${known.size}`
      known.set(name, Math.min(Math.max(value, 0), 1))
      return name
    }
    const ctx = contextOf(asked => {
      const draft = asked.request.messages.findLast(({ role }) => role === 'assistant')?.content
      const from = known.get(draft as string)
      if (asked.kind === 'candidate') return ['', '', ''].map(() => write(from))
      return `Score: ${Math.min(Math.max(judge(from!, random() - 0.5), 0), 9.9).toFixed(1)}`
    })
    const answer = await mcts.run(requestOf('q'), ctx, { ...params, ...options })
    sums.answer += known.get((await textIn(answer))!)!
    sums.written += [...known.values()].reduce((sum, value) => sum + value) / known.size
  }
  return { answer: sums.answer / runs, written: sums.written / runs }
}

t.test('scores guide the search: with known values it is far better than random choice', async t => {
  const seen = await quality((value, noise) => 10 * (value + 0.2 * noise))
  const constant = await quality(() => 5)
  const inverted = await quality((value, noise) => 10 * (1 - value + 0.2 * noise))
  t.comment({ seen, constant, inverted })
  t.ok(seen.answer > seen.written + 0.15, 'the choice is far better than one at random')
  t.ok(seen.written > constant.written + 0.05, 'better drafts are built on')
  t.ok(constant.answer < 0.35, 'without grades it is the first draft')
  t.ok(inverted.answer < constant.answer - 0.1, 'upside-down grades lead astray')
})

t.test('more simulations find better answers', async t => {
  const judge = (value: number, noise: number): number => 10 * (value + 0.1 * noise)
  const few = await quality(judge)
  const many = await quality(judge, { simulations: 8 })
  const wide = await quality(judge, { simulations: 8, parallel: 3 })
  t.comment({ few, many, wide })
  t.ok(many.answer > few.answer + 0.1)
  t.ok(wide.answer > few.answer + 0.08, 'three at a time, too')
})
