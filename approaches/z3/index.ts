import { defineApproach, loadedOnce } from '../../src/plugin.ts'
import { params } from './params.ts'

const load = loadedOnce(() => import('./run.ts'))

export default defineApproach({
  name: 'z3',
  summary: 'States the question as a program for the solver Z3, runs it, and answers with its result',
  params,
  cost: ({ attempts }, n) => ({ calls: n * (attempts + 1), rounds: attempts + 1 }),
  run: async (...args) => (await load()).run(...args),
})
