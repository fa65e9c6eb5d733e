/** The maximum cost of mars, and its results with agents and verifiers of known reliability. */
import t from 'tap'
import * as fc from 'fast-check'
import mars from '../../../approaches/mars/index.ts'
import { contextOf, requestOf, textIn, toolCall } from '../model.ts'
import type { Asked, Scripted } from '../model.ts'
import { randomOf } from '../random.ts'
import { inRounds } from '../rounds.ts'
import { params, subjectOf } from './script.ts'
import type { Params } from './script.ts'

const chosen = fc.record<Partial<Params>>({
  num_agents: fc.integer({ min: 1, max: 4 }),
  models: fc.constantFrom([], ['x', 'y']),
  verification_passes_required: fc.integer({ min: 1, max: 3 }),
  max_verification_attempts: fc.integer({ min: 1, max: 4 }),
  min_verified_solutions: fc.integer({ min: 1, max: 3 }),
  early_termination: fc.boolean(),
  max_iterations: fc.integer({ min: 0, max: 3 }),
  consensus_threshold: fc.integer({ min: 1, max: 3 }),
  enable_strategy_network: fc.boolean(),
  enable_aggregation: fc.boolean(),
  population_size: fc.integer({ min: 1, max: 5 }),
  aggregation_size: fc.integer({ min: 2, max: 4 }),
  aggregation_loops: fc.integer({ min: 1, max: 3 }),
})

const answers = fc.constantFrom<Scripted>(
  'Verdict: CORRECT',
  'Verdict: INCORRECT',
  'The answer is 1.',
  'The answer is 2.',
  ['The answer is 3.', 'The answer is 4.'],
  [{ content: null }],
  [{ content: 'The', finish: 'length' }],
  [{ tool_calls: [toolCall] }],
  [],
  new Error('down'),
)

t.test('never exceeds its stated calls or rounds, whatever the model answers', async () => {
  await fc.assert(
    fc.asyncProperty(chosen, fc.array(answers, { minLength: 1, maxLength: 40 }), async (changes, said) => {
      const given = { ...params, ...changes }
      const spent = { calls: 0, rounds: 0 }
      const timed = inRounds((_asked, index) => said[index % said.length]!, spent)
      const ctx = contextOf(timed)
      await mars.run(requestOf('q'), ctx, given).catch(() => {})
      const cost = mars.cost!(given, 1)
      return spent.calls <= cost.calls && spent.rounds <= cost.rounds
    }),
    { numRuns: 100 },
  )
})

t.test('reaches its stated cost if every solution is found wrong each time', async t => {
  for (const changes of [
    {},
    { num_agents: 2, max_verification_attempts: 3 },
    { enable_strategy_network: true, max_iterations: 1 },
    { enable_aggregation: true, population_size: 4, aggregation_loops: 2, num_agents: 4 },
  ]) {
    const given = { ...params, ...changes }
    let answer = 0
    const verdicts = new Map<string, number>()
    const verdictOn = (subject: string): string => {
      const time = verdicts.get(subject) ?? 0
      verdicts.set(subject, time + 1)
      // The last objection arrives as late as possible.
      return time === 0 && given.max_verification_attempts > 2 ? 'CORRECT' : 'INCORRECT'
    }
    const spent = { calls: 0, rounds: 0 }
    const timed = inRounds(
      asked => (asked.path === 'verify' ? verdictOn(subjectOf(asked)) : `The answer is ${answer++}.`),
      spent,
    )
    const ctx = contextOf(timed)
    await mars.run(requestOf('q'), ctx, given)
    t.same(spent, mars.cost!(given, 1))
  }
})

interface World {
  /** Probabilities that a draft or a verdict is right, that an improvement corrects a wrong answer, and that it keeps a right one. */
  readonly draft: number
  readonly verdict: number
  readonly mended: number
  readonly kept: number
}

/** Agents that know the answer 42 with the given probability; half of their mistakes are the same. */
function agents(random: () => number, world: World) {
  const answer = (right: number): string => {
    if (random() < right) return 'The answer is 42.'
    return `The answer is ${random() < 0.5 ? 7 : 10 + Math.floor(random() * 5)}.`
  }
  return (asked: Asked): string => {
    const isRight = subjectOf(asked).includes('42')
    if (asked.path === 'verify')
      return isRight === random() < world.verdict ? 'Verdict: CORRECT' : 'Verdict: INCORRECT'
    return answer(asked.path === 'improve' ? (isRight ? world.kept : world.mended) : world.draft)
  }
}

/** The share of `times` questions that is answered correctly, and the calls for each. */
async function measured(world: World, changes: Partial<Params> = {}, times = 120) {
  const random = randomOf(17)
  let [right, calls] = [0, 0]
  for (let time = 0; time < times; time++) {
    const ctx = contextOf(agents(random, world))
    const answer = await textIn(await mars.run(requestOf('q'), ctx, { ...params, ...changes }))
    if (answer === 'The answer is 42.') right++
    calls += ctx.asked.length
  }
  return { right: right / times, calls: calls / times }
}

const single: Partial<Params> = { num_agents: 1, max_iterations: 0 }

t.test('is right far more often than a single draw, with far fewer calls than its maximum', async t => {
  for (const world of [
    { draft: 0.3, verdict: 0.75, mended: 0.3, kept: 0.8 },
    { draft: 0.6, verdict: 0.9, mended: 0.5, kept: 0.9 },
  ]) {
    const drawn = await measured(world, single)
    const { right, calls } = await measured(world)
    t.ok(Math.abs(drawn.right - world.draft) < 0.1, 'a single draw is as good as the model')
    t.ok(right > Math.min(drawn.right + 0.3, 0.95), `${right} and not ${drawn.right}`)
    t.ok(calls < 17, `${calls} calls`)
  }
})

t.test('verification and improvement both contribute to that', async t => {
  const world = { draft: 0.5, verdict: 0.8, mended: 0.45, kept: 0.85 }
  const whole = await measured(world)
  const unimproved = await measured(world, { max_iterations: 0 })
  const blind = await measured({ ...world, verdict: 0.5 })
  t.ok(whole.right > unimproved.right + 0.04, `${whole.right} and ${unimproved.right} without improvement`)
  t.ok(whole.right > blind.right + 0.2, `${whole.right} and ${blind.right} with verifiers who toss a coin`)
})
