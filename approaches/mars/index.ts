import { defineApproach } from '../../src/plugin.ts'
import { costOf, params } from './params.ts'

export default defineApproach({
  name: 'mars',
  summary: 'Several agents solve the task, verify the solutions, and improve what is found wrong',
  params,
  aliases: { mars_config: '*' },
  cost: costOf,
  run: async (...given) => (await import('./run.ts')).run(...given),
})
