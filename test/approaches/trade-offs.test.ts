import t from 'tap'
import { documented } from '../../bench/effects-table.ts'
import { Laboratory } from '../../bench/laboratory.ts'
import type { Effect } from '../../bench/laboratory.ts'
import { questionsFrom } from '../../bench/questions.ts'
import { packagedApproaches } from '../../docs/generate/steps.ts'
import type { JudgeBias } from '../../src/config/sections/simulate.ts'

const steps = await packagedApproaches()
const questions = 200

/**
 * The difference of two shares that chance alone may make: three standard errors, where the answers to half the questions
 * change. The same draws always have the same figures, so this is the room for changes of the methods, not for luck.
 */
const chance = 3 * Math.sqrt(0.5 / questions)

const measured = new Map<string, Promise<Effect>>()

/** Measures an approach once on the model of docs/approaches.md, with fewer questions. */
function effectOf(name: string, judgeBias: JudgeBias = 'honest', params: object = {}): Promise<Effect> {
  const key = JSON.stringify([name, judgeBias, params])
  const effect = measured.get(key) ?? measure(name, judgeBias, params)
  measured.set(key, effect)
  return effect
}

async function measure(name: string, judgeBias: JudgeBias, params: object): Promise<Effect> {
  const laboratory = new Laboratory({ steps, ...documented, judgeBias })
  try {
    return await laboratory.measure(name, questionsFrom(documented.seed, questions), params)
  } finally {
    await laboratory.close()
  }
}

/** The effect of a plain vote of so many answers. */
function plainVote(n: number): Promise<Effect> {
  return effectOf('self_consistency', 'honest', { n, adaptive: false, equivalence: 'off' })
}

t.test('bon with a judge that agrees with everything is as good as the vote of its drafts', async t => {
  const bon = await effectOf('bon', 'agrees')
  const vote = await plainVote(3)
  t.equal(bon.accuracy, vote.accuracy)
})

t.test('rsa is as good as mcts, with no more completions', async t => {
  const [rsa, mcts] = [await effectOf('rsa'), await effectOf('mcts')]
  t.ok(rsa.accuracy >= mcts.accuracy - chance, `${rsa.accuracy} and ${mcts.accuracy}`)
  t.ok(rsa.completions <= mcts.completions, `${rsa.completions} and ${mcts.completions}`)
})

for (const name of ['self_consistency', 'majority_voting'])
  t.test(`${name} stops early at no loss`, async t => {
    const [adaptive, full] = [await effectOf(name), await effectOf(name, 'honest', { adaptive: false })]
    t.ok(adaptive.completions <= 0.85 * full.completions)
    t.ok(Math.abs(adaptive.accuracy - full.accuracy) <= 0.01, `${adaptive.accuracy} and ${full.accuracy}`)
  })

for (const [name, then] of [
  ['genselect', 0.775 - 0.421],
  ['mars', 0.828 - 0.305],
] as const)
  t.test(`a judge that lies costs ${name} at most half of what it did when grades alone decided`, async t => {
    const honest = await effectOf(name)
    const lying = await effectOf(name, 'lies')
    const loss = honest.accuracy - lying.accuracy
    t.ok(loss <= then / 2 + chance, `${loss} now, ${then} then`)
  })

t.test('methods whose answers can vote are as good as a plain vote of as many answers', async t => {
  for (const name of ['genselect', 'majority_voting', 'rsa']) {
    const effect = await effectOf(name)
    const vote = await plainVote(Math.round(effect.completions))
    t.ok(effect.accuracy >= vote.accuracy - chance, `${name}: ${effect.accuracy}, a vote: ${vote.accuracy}`)
  }
})
