import t from 'tap'
import type { Test } from 'tap'
import { Laboratory } from '../../bench/laboratory.ts'
import type { Effect, LaboratoryOptions } from '../../bench/laboratory.ts'
import { questionsFrom } from '../../bench/questions.ts'
import { costAtDefaults, packagedApproaches } from '../../docs/generate/steps.ts'

const steps = await packagedApproaches()

interface Trial extends Partial<LaboratoryOptions> {
  readonly approach: string
  readonly params?: object
  readonly questions?: number
}

/** The effect of an approach on a model of some skill; always the same, since everything is seeded. */
async function effectOf(t: Test, { approach, params, questions = 400, ...skill }: Trial): Promise<Effect> {
  const defaults = { steps, accuracy: 0.6, judgeAccuracy: 0.8, wrongAnswers: 4, seed: 1 }
  const laboratory = new Laboratory({ ...defaults, ...skill })
  t.teardown(() => laboratory.close())
  return await laboratory.measure(approach, questionsFrom(1, questions), params)
}

/** Asserts that a share is as predicted, within four standard errors. */
function near(t: Test, { accuracy }: Effect, predicted: number, questions = 400): void {
  const error = Math.sqrt((predicted * (1 - predicted)) / questions)
  const told = `${accuracy.toFixed(3)} is right, ${predicted.toFixed(3)} is predicted (${error.toFixed(3)})`
  t.ok(Math.abs(accuracy - predicted) < 4 * error, told)
}

/** All ways to distribute `draws` over `answers`. */
function* spreads(draws: number, answers: number): Generator<readonly number[]> {
  if (answers === 1) yield [draws]
  else
    for (let first = 0; first <= draws; first++)
      for (const rest of spreads(draws - first, answers - 1)) yield [first, ...rest]
}

function factorial(number: number): number {
  return number <= 1 ? 1 : number * factorial(number - 1)
}

/**
 * Probability that the right answer wins a vote of `draws`: the sum of the multinomial probabilities of all counts (right
 * answer first) in which it leads. A tie goes to the leader that came first, which is equally likely for each of them.
 */
function voteAccuracy(draws: number, accuracy: number, wrongAnswers: number): number {
  let sum = 0
  for (const [right, ...wrong] of spreads(draws, wrongAnswers + 1)) {
    const most = Math.max(right!, ...wrong)
    if (right !== most) continue
    const ways =
      factorial(draws) / [right, ...wrong].reduce((product, count) => product * factorial(count), 1)
    const chance = ways * accuracy ** right * ((1 - accuracy) / wrongAnswers) ** (draws - right)
    sum += chance / (1 + wrong.filter(count => count === most).length)
  }
  return sum
}

/** All sequences of `length` values below `count`. */
function* sequences(length: number, count: number): Generator<readonly number[]> {
  if (length === 0) yield []
  else
    for (const rest of sequences(length - 1, count))
      for (let value = 0; value < count; value++) yield [...rest, value]
}

/** The simulated judge's grades of an answer that it believes, and of any other. */
const [goodGrade, badGrade] = [9, 2]

/**
 * Probability that the best of `draws` is right, over all sequences of answers (0 is the right one) and all opinions of the
 * judge on those that differ: the highest grade times votes, then the most votes, then the earliest.
 */
function bestAccuracy(draws: number, accuracy: number, judge: number, wrongAnswers = 4): number {
  let sum = 0
  for (const drawn of sequences(draws, wrongAnswers + 1)) {
    const answers = [...new Set(drawn)].map(value => ({
      value,
      votes: drawn.filter(other => other === value).length,
    }))
    const chance = product(drawn.map(value => (value === 0 ? accuracy : (1 - accuracy) / wrongAnswers)))
    for (const opinions of sequences(answers.length, 2)) {
      const graded = answers.map((answer, index) => ({ ...answer, believed: opinions[index] === 1 }))
      const [best] = graded.toSorted((left, right) => worth(right) - worth(left) || right.votes - left.votes)
      const odds = product(
        graded.map(({ value, believed }) => ((value === 0) === believed ? judge : 1 - judge)),
      )
      if (best!.value === 0) sum += chance * odds
    }
  }
  return sum
}

function worth({ votes, believed }: { readonly votes: number; readonly believed: boolean }): number {
  return votes * (believed ? goodGrade : badGrade)
}

function product(numbers: readonly number[]): number {
  return numbers.reduce((before, number) => before * number, 1)
}

/** Probability that all `draws` are the same answer, so that none has to be graded. */
function agreement(draws: number, accuracy: number, wrongAnswers = 4): number {
  return accuracy ** draws + wrongAnswers * ((1 - accuracy) / wrongAnswers) ** draws
}

t.test('the predictions agree with manual calculations', async t => {
  t.equal(voteAccuracy(1, 0.6, 4).toFixed(6), '0.600000')
  t.equal(voteAccuracy(3, 0.6, 1).toFixed(6), '0.648000', 'binomial: p³ + 3p²(1 - p)')
  t.equal(bestAccuracy(1, 0.6, 0.8).toFixed(6), '0.600000')
  t.equal(bestAccuracy(3, 0.6, 1).toFixed(6), (1 - 0.4 ** 3).toFixed(6))
})

t.test('a single answer is as good as the model', async t => {
  near(t, await effectOf(t, { approach: 'none' }), 0.6)
})

t.test('a vote between a right and a wrong answer is binomial', async t => {
  const params = { n: 5, adaptive: false }
  for (const accuracy of [0.6, 0.4]) {
    const effect = await effectOf(t, { approach: 'self_consistency', accuracy, wrongAnswers: 1, params })
    near(t, effect, voteAccuracy(5, accuracy, 1))
    t.equal(effect.rounds, 1)
  }
})

t.test('if wrong answers differ, a vote is multinomial', async t => {
  for (const [n, accuracy] of [
    [5, 0.6],
    [9, 0.4],
  ] as const) {
    const effect = await effectOf(t, { approach: 'self_consistency', accuracy, params: { n } })
    near(t, effect, voteAccuracy(n, accuracy, 4))
  }
})

t.test('the best of several is exactly as good as predicted from the judge', async t => {
  const questions = 250
  for (const [n, judgeAccuracy] of [
    [3, 0.8],
    [2, 0.5],
    [4, 1],
  ] as const) {
    const effect = await effectOf(t, { approach: 'bon', judgeAccuracy, params: { n }, questions })
    near(t, effect, bestAccuracy(n, 0.6, judgeAccuracy), questions)
    const graded = 1 - agreement(n, 0.6)
    t.ok(Math.abs(effect.rounds - 1 - graded) < 4 * Math.sqrt((graded * (1 - graded)) / questions))
  }
})

t.test('every approach stays within its stated cost', async t => {
  for (const step of steps) {
    const { name } = step
    const { calls, rounds } = await effectOf(t, { approach: name, questions: 20 })
    const told = costAtDefaults(step)
    t.ok(calls <= told.calls, `${name}: ${calls} of ${told.calls} calls`)
    t.ok(rounds <= told.rounds, `${name}: ${rounds} of ${told.rounds} rounds`)
  }
})

t.test('a repeated measurement has the same result, and seeds differ', async t => {
  const measured = (seed: number) => effectOf(t, { approach: 'none', questions: 100, seed })
  t.strictSame(await measured(1), await measured(1))
  const shares = [1, 2, 3, 4, 5].map(async seed => (await measured(seed)).accuracy)
  t.ok(new Set(await Promise.all(shares)).size > 1)
})
