/** The maximum cost of pvg, and its results with provers and a verifier of known reliability. */
import t from 'tap'
import * as fc from 'fast-check'
import pvg from '../../../approaches/pvg/index.ts'
import { contextOf, promptOf, requestOf, textIn, toolCall } from '../model.ts'
import type { Asked, Scripted } from '../model.ts'
import { randomOf } from '../random.ts'
import { inRounds } from '../rounds.ts'
import { params, roundOf, subjectOf } from './script.ts'
import type { Params } from './script.ts'

const chosen = fc.record<Partial<Params>>({
  n: fc.integer({ min: 1, max: 4 }),
  sneaky: fc.integer({ min: 0, max: 3 }),
  rounds: fc.integer({ min: 1, max: 4 }),
  good_enough: fc.integer({ min: 0, max: 10 }),
})

const answers = fc.constantFrom<Scripted>(
  'Score: 9',
  'Score: 3',
  'Score: 3. <slip>there</slip>',
  ['The answer is 1.', 'The answer is 2.', 'The answer is 1.', 'The answer is 3.', 'Score: 4'],
  [{ content: null }],
  [{ content: 'The', finish: 'length' }],
  [{ tool_calls: [toolCall] }],
  [],
  new Error('down'),
)

t.test('never exceeds its stated calls or rounds, whatever the model answers', async () => {
  await fc.assert(
    fc.asyncProperty(chosen, fc.array(answers, { minLength: 1, maxLength: 30 }), async (changes, said) => {
      const given = { ...params, ...changes }
      const spent = { calls: 0, rounds: 0 }
      const timed = inRounds((_asked, index) => said[index % said.length]!, spent)
      const ctx = contextOf(timed)
      await pvg.run(requestOf('q'), ctx, given).catch(() => {})
      const cost = pvg.cost!(given, 1)
      return spent.calls <= cost.calls && spent.rounds <= cost.rounds
    }),
    { numRuns: 100 },
  )
})

t.test('reaches its stated cost if the verifier is fooled and never satisfied', async t => {
  const given = { ...params, n: 4, sneaky: 3, rounds: 3 }
  const spent = { calls: 0, rounds: 0 }
  const timed = inRounds(asked => {
    const round = roundOf(asked)
    if (round === 'draw') return ['1', '2', '3', '4']
    if (round === 'revise') return `${subjectOf(asked)}0`
    return round === 'sneaky' ? '7<slip>no</slip>' : 'Score: 5'
  }, spent)
  const ctx = contextOf(timed)
  await pvg.run(requestOf('q'), ctx, given)
  t.same(spent, pvg.cost!(given, 1))
})

interface World {
  /** Probability that a helpful answer is right. */
  readonly draw: number
  /** Probability that a wrong answer falls for the trap of the question, and that a sneaky one sets it. */
  readonly trap: number
  /** Probabilities that a verifier sees a mistake: in general, in the trap, and in the trap after a warning. */
  readonly sees: number
  readonly seesTrap: number
  readonly seesWarned: number
}

/** Questions with the answer 42 and a trap that leads to 7, which a checker is likely to miss, too. */
function players(random: () => number, world: World) {
  const wrong = (): number => (random() < world.trap ? 7 : 10 + Math.floor(random() * 30))
  const helpful = (): string => `The answer is ${random() < world.draw ? 42 : wrong()}.`
  return (asked: Asked): Scripted => {
    const round = roundOf(asked)
    if (round === 'draw') return Array.from({ length: asked.request.n ?? 1 }, helpful)
    if (round === 'revise') return helpful()
    if (round === 'sneaky') return `Surely the answer is ${wrong()}.<slip>a sign</slip>`
    const subject = subjectOf(asked)
    const warned = /<decoy>[^]*answer is 7[^]*<\/decoy>/.test(promptOf(asked.request))
    const sees = / 7\./.test(subject) ? (warned ? world.seesWarned : world.seesTrap) : world.sees
    const looksRight = subject.includes('42') === random() < sees
    return `Score: ${looksRight ? 8 + Math.round(random() * 2) : Math.round(random() * 4)}`
  }
}

async function measured(world: World, changes: Partial<Params> = {}, times = 300) {
  const random = randomOf(23)
  let [right, calls, sneaky] = [0, 0, 0]
  for (let time = 0; time < times; time++) {
    const ctx = contextOf(players(random, world))
    const answer = await textIn(await pvg.run(requestOf('q'), ctx, { ...params, ...changes }))
    if (answer === 'The answer is 42.') right++
    if (answer?.startsWith('Surely')) sneaky++
    calls += ctx.asked.map(({ request }) => request.n ?? 1).reduce((sum, n) => sum + n, 0)
  }
  return { right: right / times, calls: calls / times, sneaky }
}

const world: World = { draw: 0.45, trap: 0.7, sees: 0.85, seesTrap: 0.2, seesWarned: 0.8 }

t.test('sneaky answers improve the choice if answers and verifier miss the same mistake', async t => {
  const single = await measured(world, { n: 1, rounds: 1 })
  const without = await measured(world, { sneaky: 0, rounds: 1 })
  const tested = await measured(world, { rounds: 1 })
  const whole = await measured(world)
  t.ok(Math.abs(single.right - world.draw) < 0.1, 'a single draw is as good as the model')
  t.ok(without.right > single.right + 0.04, `${without.right} and ${single.right} by a single draw`)
  t.ok(tested.right > without.right + 0.08, `${tested.right} and ${without.right} without sneaky answers`)
  t.ok(whole.right > tested.right, `${whole.right} and ${tested.right} without a round of revision`)
  t.ok(whole.calls < pvg.cost!(params, 1).calls)
})

t.test('sneaky answers do no harm if the verifier is not fooled', async t => {
  const keen = { ...world, seesTrap: 0.9, sees: 0.9, seesWarned: 0.9 }
  const without = await measured(keen, { sneaky: 0, rounds: 1 })
  const tested = await measured(keen, { rounds: 1 })
  t.ok(tested.right > without.right - 0.03, `${tested.right} and ${without.right}`)
})

t.test('a sneaky answer is never returned, even if the verifier prefers all of them', async t => {
  const { sneaky } = await measured({ ...world, trap: 1, seesTrap: 0, seesWarned: 0 })
  t.equal(sneaky, 0)
})
