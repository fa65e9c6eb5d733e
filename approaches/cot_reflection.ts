import { z } from 'zod'
import { defineApproach, HulumanageError, StreamReply } from '../src/plugin.ts'
import type { Chunk, ChunkChoice, Reply } from '../src/plugin.ts'
import { withInstruction } from './lib/asking/conversation.ts'
import { sameLanguage } from './lib/asking/language.ts'
import { OutputFilter } from './lib/asking/output-filter.ts'
import { schemaOf } from './lib/schema/format.ts'

const instruction = `Work in two parts.
First think inside <thinking> tags: take the problem apart, go through it step by step, then check what you found inside \
<reflection> tags - look for slips, untested assumptions and better ways, and correct the course where you find any.
Then write the answer for the reader inside <output> tags. It must stand on its own, since the reader sees no other part. ${sameLanguage}`

export default defineApproach({
  name: 'cot_reflection',
  summary: 'Has the model think and check itself before answering, and returns only the answer',
  params: z.object({
    temperature: z
      .number()
      .min(0)
      .max(2)
      .optional()
      .describe("temperature if the request sets none; by default the model's own"),
    return_full_response: z.boolean().default(false).describe('return the thinking, too'),
  }),
  aliases: { return_full_response: 'return_full_response' },
  cost: (_params, n) => ({ calls: n, rounds: 1 }),

  async run(request, ctx, { temperature, return_full_response: full }) {
    const outgoing =
      request.temperature == null && temperature !== undefined ? { ...request, temperature } : request
    // JSON has no room for thinking, and tags would be no JSON.
    if (schemaOf(request) !== undefined) return await ctx.complete(outgoing)
    const reply = await ctx.complete({
      ...outgoing,
      messages: withInstruction(request.messages, instruction),
    })
    return full ? reply : new StreamReply(reply.head, keepOutputs(reply), reason => reply.cancel(reason))
  },
})

/** Reduces the chunks of a reply to the outputs of its choices. */
async function* keepOutputs(reply: Reply): AsyncGenerator<Chunk> {
  const outputs: Output[] = []
  let last: Chunk | undefined
  for await (const chunk of reply) {
    last = chunk
    const choices = chunk.choices.flatMap(choice => (outputs[choice.index] ??= new Output()).take(choice))
    if (choices.length > 0 || chunk.choices.length === 0) yield { ...chunk, choices }
  }
  // Some services close a stream without a finish_reason.
  const choices = outputs.flatMap((output, index) => output.take({ index, delta: {}, finish_reason: 'stop' }))
  if (last && choices.length > 0) yield { ...last, choices }
}

/** The state of one choice while it streams. */
class Output {
  readonly #filter = new OutputFilter()
  #nonText = false
  #ended = false

  /** Returns the part of a choice that may be sent: one choice, or none. */
  take({ logprobs: _logprobs, ...choice }: ChunkChoice): ChunkChoice[] {
    if (this.#ended) return []
    const { content, ...delta } = choice.delta ?? {}
    if (delta.tool_calls || delta['refusal']) this.#nonText = true
    let text = content ? this.#filter.push(content) : ''
    if (choice.finish_reason) text += this.#end(choice.finish_reason)
    if (text !== '') return [{ ...choice, delta: { ...delta, content: text } }]
    return choice.finish_reason || Object.keys(delta).length > 0 ? [{ ...choice, delta }] : []
  }

  /** Running out of tokens while thinking is an empty answer with its finish reason, as from a reasoning model. */
  #end(finish: string): string {
    this.#ended = true
    const rest = this.#filter.end()
    if (rest !== undefined || this.#nonText || finish !== 'stop') return rest ?? ''
    throw new HulumanageError('no_answer', 'The model wrote its thinking but no answer; try again')
  }
}
