import { defineApproach, loadedOnce } from '../../src/plugin.ts'
import { costOf, params } from './params.ts'

const load = loadedOnce(() => import('./run.ts'))

export default defineApproach({
  name: 'mars',
  summary: 'Several agents solve the task, verify the solutions, and improve those found wrong',
  params,
  aliases: { mars_config: '*' },
  cost: costOf,
  run: async (...args) => (await load()).run(...args),
})
