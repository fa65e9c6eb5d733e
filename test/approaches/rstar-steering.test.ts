import t from 'tap'
import rstar from '../../approaches/rstar.ts'
import { contextOf, promptOf, requestOf, textIn } from './model.ts'
import type { Asked } from './model.ts'
import { randomOf } from './random.ts'

const params = {
  rollouts: 5,
  depth: 3,
  exploration: 1.4,
  votes: 3,
  parallel: 4,
  discriminator: '',
  temperature: 1,
}

const wrong = ['11', '13', '14', '15', '16', '17']

/**
 * A model with known values: lines that begin with one kind of step, chosen at random each time, lead to the right
 * answer more often than others. `write` writes an answer. Returns the share of runs that end right, and that of all answers
 * drawn.
 */
async function accuracy(
  write: (isRight: boolean, random: () => number) => string,
  options = {},
  [helped, unhelped]: readonly [number, number] = [0.8, 0.35],
) {
  const runs = 50
  const sums = { answers: 0, drawn: 0 }
  for (let seed = 1; seed <= runs; seed++) {
    const random = randomOf(seed)
    const helpful = ['[thought]', '[subquestion]', '[rephrase]'][Math.floor(random() * 3)]!
    const right = new Set<string>()
    let written = 0
    const draw = (asked: Asked): string => {
      const [step] = /\[[a-z]+\]/.exec(promptOf(asked.request)) ?? []
      const isRight = random() < (step === helpful ? helped : unhelped)
      const text = `${++written}. draft: ${write(isRight, random)}`
      if (isRight) right.add(text)
      return text
    }
    const ctx = contextOf(asked => {
      // The last part of the path is the kind of step.
      if (asked.kind === 'helper') return `[${asked.path.split('.').at(-1)}]`
      return Array.from({ length: asked.request.n ?? 1 }, () => draw(asked))
    })
    const answer = await rstar.run(requestOf('q'), ctx, { ...params, ...options })
    if (right.has((await textIn(answer))!)) sums.answers++
    sums.drawn += right.size / written
  }
  return { answers: sums.answers / runs, drawn: sums.drawn / runs }
}

const spelled = (isRight: boolean, random: () => number): string =>
  `The answer is ${isRight ? 12 : wrong[Math.floor(random() * wrong.length)]!}.`

t.test('scores guide the search: with known values it is far better than random choice', async t => {
  const seen = await accuracy(spelled)
  let count = 0
  const constant = await accuracy(() => `The answer is ${++count}.`)
  const inverted = await accuracy(isRight => `The answer is ${isRight ? ++count : 'seven'}.`)
  t.comment({ seen, constant, inverted })
  t.ok(seen.answers > seen.drawn + 0.25, 'the choice is far better than one at random')
  t.ok(constant.answers < constant.drawn + 0.1, 'if no two agree, it is no better')
  t.ok(inverted.answers < inverted.drawn - 0.2, 'if only errors agree, it is misled')
})

t.test('the search pays off: lines follow consistent answers, and more of them help', async t => {
  const hard = [0.8, 0.1] as const
  const deep = { depth: 6, rollouts: 12 }
  const steered = await accuracy(spelled, { ...deep, exploration: 0.5 }, hard)
  const even = await accuracy(spelled, { ...deep, exploration: 10 }, hard)
  const short = await accuracy(spelled, {}, hard)
  t.comment({ steered, even, short })
  t.ok(steered.drawn > even.drawn + 0.03)
  t.ok(steered.answers > short.answers + 0.1)
})
