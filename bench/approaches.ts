// `npm run bench:approaches`: prints a table of the effects of each approach on a simulated model; --write updates the docs.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { approachesPage, renderApproaches } from '../docs/generate/approaches.ts'
import { packagedApproaches } from '../docs/generate/steps.ts'
import { HulumanageError } from '../src/contract/index.ts'
import type { JudgeBias } from '../src/config/sections/simulate.ts'
import { documented, judges, renderEffects } from './effects-table.ts'
import type { Measured, Settings, Vote } from './effects-table.ts'
import { Laboratory } from './laboratory.ts'
import { questionsFrom } from './questions.ts'

const usage = `npm run bench:approaches -- [options]

  --questions N          questions for each approach (${documented.questions})
  --seed N               draws the questions; the same seed gives the same table (${documented.seed})
  --accuracy P           fraction of questions that the simulated model answers correctly (${documented.accuracy})
  --difficulty-spread P  how far that lies above or below it at most on one question (${documented.difficultySpread})
  --shared-mistakes P    fraction of mistakes that are the same one for a question (${documented.sharedMistakes})
  --wrong-answers N      number of wrong answers to each question (${documented.wrongAnswers})
  --judge-accuracy P     fraction of answers that are judged correctly (${documented.judgeAccuracy})

It writes docs/approaches.md; \`node bench/approaches.ts\` without --write prints the table alone.
`

const { values: flags } = parseArgs({
  options: {
    accuracy: { type: 'string' },
    'judge-accuracy': { type: 'string' },
    'wrong-answers': { type: 'string' },
    'difficulty-spread': { type: 'string' },
    'shared-mistakes': { type: 'string' },
    questions: { type: 'string' },
    seed: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  process.stdout.write(usage)
  process.exit()
}
const settings: Settings = {
  accuracy: Number(flags.accuracy ?? documented.accuracy),
  judgeAccuracy: Number(flags['judge-accuracy'] ?? documented.judgeAccuracy),
  wrongAnswers: Number(flags['wrong-answers'] ?? documented.wrongAnswers),
  difficultySpread: Number(flags['difficulty-spread'] ?? documented.difficultySpread),
  sharedMistakes: Number(flags['shared-mistakes'] ?? documented.sharedMistakes),
  questions: Number(flags.questions ?? documented.questions),
  seed: Number(flags.seed ?? documented.seed),
}

const steps = await packagedApproaches()
const questions = questionsFrom(settings.seed, settings.questions)
const measured: Measured[] = []
const plainVotes = new Map<number, number>()
for (const { name } of steps) {
  process.stderr.write(`${name}\n`)
  const effects: Measured['effects'][number][] = []
  for (const judgeBias of judges) effects.push(await measure(name, judgeBias))
  const [honest] = effects
  const completions = honest && 'completions' in honest ? Math.round(honest.completions) : 1
  measured.push({ name, effects, plainVote: await plainVote(completions) })
}
const votes: Vote[] = []
for (const name of ['self_consistency', 'majority_voting']) {
  const [adaptive, full] = await Promise.all([true, false].map(stops => vote(name, stops)))
  votes.push({ name, adaptive: adaptive!, full: full! })
}
const effects = renderEffects(measured, votes, settings)
console.log(effects)
if (flags.write) writeFileSync(approachesPage, await renderApproaches(effects))

/** The share of right answers of a plain vote over this many answers, measured once; a single one is its own. */
async function plainVote(answers: number): Promise<number> {
  const known = plainVotes.get(answers)
  if (known !== undefined) return known
  const laboratory = new Laboratory({ steps, ...settings })
  try {
    const params = { n: answers, adaptive: false, equivalence: 'off' }
    const { accuracy } =
      answers === 1
        ? await laboratory.measure('none', questions)
        : await laboratory.measure('self_consistency', questions, params)
    plainVotes.set(answers, accuracy)
    return accuracy
  } finally {
    await laboratory.close()
  }
}

/** Measures a vote that stops when it is decided, or the full one. */
async function vote(name: string, adaptive: boolean): Promise<Vote['full']> {
  const laboratory = new Laboratory({ steps, ...settings })
  try {
    return await laboratory.measure(name, questions, { adaptive })
  } finally {
    await laboratory.close()
  }
}

/** Measures an approach with a model of its own, so that its figures do not depend on the other approaches. */
async function measure(name: string, judgeBias: JudgeBias): Promise<Measured['effects'][number]> {
  const laboratory = new Laboratory({ steps, ...settings, judgeBias })
  try {
    return await laboratory.measure(name, questions)
  } catch (error) {
    if (error instanceof HulumanageError) return error
    throw error
  } finally {
    await laboratory.close()
  }
}
