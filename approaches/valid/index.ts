import { z } from 'zod'
import {
  CompleteReply,
  defineApproach,
  HulumanageError,
  sample,
  withDrawTemperature,
  withSeed,
} from '../../src/plugin.ts'
import type { Candidate, ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { withExchange } from '../lib/asking/conversation.ts'
import { enclose, spokenText } from '../lib/asking/prompt-lists.ts'
import { asksForJson, jsonIn, refusesFormat, schemaOf, withSchemaInPrompt } from '../lib/schema/format.ts'
import { validator } from '../lib/schema/validator.ts'
import type { Fault } from '../lib/schema/worker.ts'

export default defineApproach({
  name: 'valid',
  summary:
    'Checks answers against the JSON schema of response_format, has faults corrected, and returns no invalid one',
  params: z.object({
    repairs: z.int().min(0).max(8).default(2).describe('how often to have the faults of an answer corrected'),
    samples: z.int().min(1).max(8).default(2).describe('how many answers to try, each with its own repairs'),
    in_prompt: z
      .boolean()
      .default(false)
      .describe(
        'put the schema into the prompt instead of sending response_format, for services that ignore it; those that refuse it get the prompt anyway',
      ),
  }),
  cost({ repairs, samples, in_prompt: inPrompt }, times) {
    const calls = samples * (repairs + 1) + (inPrompt ? 0 : 1)
    return { calls: times * calls, rounds: calls }
  },

  async run(request, ctx, { in_prompt: inPrompt, ...limits }) {
    const schema = schemaOf(request)
    if (schema === undefined) return await ctx.complete(request)
    await validator.checkSchema(schema, ctx.signal)
    return await answerValid(ctx, request, limits, { schema, inPrompt, hasAnswered: false })
  },
})

interface Limits {
  readonly repairs: number
  readonly samples: number
}

/** How the model learns the schema. */
interface Asking {
  readonly schema: string
  inPrompt: boolean
  hasAnswered: boolean
}

/** Draws answers, and has them corrected, until one is valid. Offers none, since a budget would return it. */
async function answerValid(
  ctx: Context,
  request: ChatRequest,
  { repairs, samples }: Limits,
  asking: Asking,
): Promise<Reply> {
  let faults: readonly Fault[] = []
  for (let turn = 0; turn < samples; turn++) {
    let next = turn === 0 ? request : withDrawTemperature(withSeed(request, turn))
    for (let repair = 0; repair <= repairs; repair++) {
      ctx.note(repair === 0 ? 'Writing JSON' : `Having ${faults.length} faults corrected`)
      const candidate = await draw(ctx, next, asking)
      if (candidate?.nonText) return candidate.answer()
      const json = candidate && !candidate.truncated ? jsonIn(spokenText(candidate)) : undefined
      faults =
        json === undefined ? [faultOf(candidate)] : await validator.faultsOf(asking.schema, json, ctx.signal)
      if (json !== undefined && faults.length === 0) return await answerWith(candidate!, json)
      candidate?.discard(`invalid: ${faults.length} faults`)
      // More of the same conversation would be cut off as well.
      if (!candidate || candidate.truncated) break
      const prompt = repairPrompt(faults, asking.schema)
      next = { ...next, messages: withExchange(request.messages, spokenText(candidate), prompt) }
    }
  }
  // Not their texts: errors are logged, and must not quote what the client or the model wrote.
  const kinds = [...new Set(faults.map(({ keyword }) => keyword))].join(', ')
  const message = `The model returned no JSON that matches response_format; its last answer has faults in: ${kinds}`
  throw new HulumanageError('no_answer', message)
}

/** Draws one answer; undefined if it is empty. The first call finds out whether the service takes `response_format`. */
async function draw(ctx: Context, request: ChatRequest, asking: Asking): Promise<Candidate | undefined> {
  try {
    const outgoing = asking.inPrompt ? withSchemaInPrompt(request, asking.schema) : request
    const [candidate] = await sample(ctx, outgoing, 1)
    asking.hasAnswered = true
    return candidate
  } catch (error) {
    if (error instanceof HulumanageError && error.code === 'no_answer') return undefined
    if (asking.inPrompt || asking.hasAnswered || !refusesFormat(error)) throw error
    ctx.log.warn({ err: error }, 'response_format was refused; the schema goes into the prompt')
    asking.inPrompt = true
    return await draw(ctx, request, asking)
  }
}

/** Why a candidate has no JSON to check. */
function faultOf(candidate: Candidate | undefined): Fault {
  if (!candidate) return { keyword: 'content (empty)', text: 'it is empty' }
  if (!candidate.truncated) return { keyword: 'syntax (no JSON)', text: 'it contains no JSON' }
  return { keyword: `length (${candidate.finish}; raise max_tokens)`, text: 'it is incomplete' }
}

function repairPrompt(faults: readonly Fault[], schema: string): string {
  const list = enclose('faults', faults.map(({ text }) => text).join('\n'))
  return `Your last answer does not have the form that was asked for:\n\n${list}\n\nCorrect this. ${asksForJson(schema)}`
}

/** The candidate as a reply with nothing but its JSON, without thinking, fences and words around it. */
async function answerWith(candidate: Candidate, json: string): Promise<Reply> {
  const reply = candidate.answer()
  if (candidate.text === json) return reply
  const completion = await reply.completion()
  const choices = completion.choices.map(choice => ({
    ...choice,
    message: { ...choice.message, content: json },
  }))
  return new CompleteReply({ ...completion, choices }, reply.head.provider)
}
