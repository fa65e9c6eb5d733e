import { defineApproach, loadedOnce } from '../../src/plugin.ts'
import { cost, params } from './params.ts'

const load = loadedOnce(() => import('./run.ts'))

export default defineApproach({
  name: 'longcepo',
  summary: 'Answers questions about texts longer than the context: reads them in parts and merges the notes',
  paper: 'https://arxiv.org/abs/2410.09342',
  params,
  cost,
  run: async (...args) => (await load()).run(...args),
})
