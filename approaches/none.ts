import { defineApproach } from '../src/plugin.ts'

export default defineApproach({
  name: 'none',
  summary: 'Passes the request to the model as it is',
  cost: (_params, n) => ({ calls: n, rounds: 1 }),

  run: (request, ctx) => ctx.complete(request),
})
