// `npm run bench:approaches`: prints a table of the effects of each approach on a simulated model; --write updates the docs.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { approachesPage, renderApproaches } from '../docs/generate/approaches.ts'
import { packagedApproaches } from '../docs/generate/steps.ts'
import { HulumanageError } from '../src/contract/index.ts'
import { documented, renderEffects } from './effects-table.ts'
import type { Measured, Settings } from './effects-table.ts'
import { Laboratory } from './laboratory.ts'
import { questionsFrom } from './questions.ts'

const { values: flags } = parseArgs({
  options: {
    accuracy: { type: 'string' },
    'judge-accuracy': { type: 'string' },
    'wrong-answers': { type: 'string' },
    questions: { type: 'string' },
    seed: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const settings: Settings = {
  accuracy: Number(flags.accuracy ?? documented.accuracy),
  judgeAccuracy: Number(flags['judge-accuracy'] ?? documented.judgeAccuracy),
  wrongAnswers: Number(flags['wrong-answers'] ?? documented.wrongAnswers),
  questions: Number(flags.questions ?? documented.questions),
  seed: Number(flags.seed ?? documented.seed),
}

const steps = await packagedApproaches()
const questions = questionsFrom(settings.seed, settings.questions)
const measured: Measured[] = []
for (const { name } of steps) {
  process.stderr.write(`${name}\n`)
  measured.push({ name, effect: await measure(name) })
}
const effects = renderEffects(measured, settings)
console.log(effects)
if (flags.write) writeFileSync(approachesPage, await renderApproaches(effects))

/** Measures an approach with a model of its own, so that its figures do not depend on the other approaches. */
async function measure(name: string): Promise<Measured['effect']> {
  const laboratory = new Laboratory({ steps, ...settings })
  try {
    return await laboratory.measure(name, questions)
  } catch (error) {
    if (error instanceof HulumanageError) return error
    throw error
  } finally {
    await laboratory.close()
  }
}
