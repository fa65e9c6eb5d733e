import { defineApproach } from '../src/plugin.ts'
import { extendLastUser } from './lib/asking/conversation.ts'
import { charactersIn } from './lib/asking/tokens.ts'

export default defineApproach({
  name: 're2',
  summary: 'Re-reading: repeats the question in the prompt, so that the model reads it twice',
  paper: 'https://arxiv.org/abs/2309.06275',
  cost: (_params, n) => ({ calls: n, rounds: 1 }),

  run: (request, ctx) =>
    ctx.complete({ ...request, messages: extendLastUser(request.messages, repetitionOf) }),
})

/** Of a longer text, only its end is repeated, where the question is. */
const longestRepetition = charactersIn(4096)

function repetitionOf(text: string): string {
  if (text.length <= longestRepetition)
    return `Before you answer, here is the same once more, to be read with care:\n\n${text}`
  return `Before you answer, here is the end of it once more, to be read with care:\n\n${endOf(text)}`
}

/** The last paragraph; of a long one, its last words. */
function endOf(text: string): string {
  const paragraph = text
    .trimEnd()
    .split(/\n\s{0,20}\n/)
    .at(-1)!
    .trim()
  if (paragraph.length <= longestRepetition) return paragraph
  return paragraph.slice(paragraph.indexOf(' ', paragraph.length - longestRepetition) + 1)
}
