import { defineApproach } from '../../src/plugin.ts'
import { cost, params } from './params.ts'

export default defineApproach({
  name: 'pvg',
  summary: 'Prover-verifier game: chooses by a verifier that is put to the test with wrong answers',
  paper: 'https://arxiv.org/abs/2407.13692',
  params,
  cost,
  run: async (...given) => (await import('./run.ts')).run(...given),
})
