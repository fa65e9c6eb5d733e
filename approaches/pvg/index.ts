import { defineApproach, loadedOnce } from '../../src/plugin.ts'
import { cost, params } from './params.ts'

const load = loadedOnce(() => import('./run.ts'))

export default defineApproach({
  name: 'pvg',
  summary: 'Prover-verifier game: chooses with a verifier that is tested on deliberately wrong answers',
  paper: 'https://arxiv.org/abs/2407.13692',
  params,
  cost,
  run: async (...args) => (await load()).run(...args),
})
