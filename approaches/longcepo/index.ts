import { defineApproach } from '../../src/plugin.ts'
import { cost, params } from './params.ts'

export default defineApproach({
  name: 'longcepo',
  summary:
    'Answers about texts longer than the context: reads them in parts, side by side, and joins the notes',
  paper: 'https://arxiv.org/abs/2410.09342',
  params,
  cost,
  run: async (...given) => (await import('./run.ts')).run(...given),
})
