import { defineApproach } from '../src/plugin.ts'
import { extendLastUser } from './lib/asking/conversation.ts'

export default defineApproach({
  name: 're2',
  summary: 'Re-reading: repeats the question in the prompt, so that the model reads it twice',
  paper: 'https://arxiv.org/abs/2309.06275',
  cost: (_params, n) => ({ calls: n, rounds: 1 }),

  run: (request, ctx) =>
    ctx.complete({ ...request, messages: extendLastUser(request.messages, repetitionOf) }),
})

function repetitionOf(text: string): string {
  return `Before you answer, here is the same once more, to be read with care:\n\n${text}`
}
