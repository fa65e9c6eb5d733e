// Approaches that the compiler must accept, and ones that it must refuse: checked by `npm run types`, never run.
import { defineApproach, replyFrom } from 'hulumanage/plugin'
import type { Answer, Approach, ChatRequest, Context, Step } from 'hulumanage/plugin'
import { z } from 'zod'

const params = z.object({ rounds: z.int().default(2), tone: z.string().default('calm') })

export const withParams = defineApproach({
  api: 1,
  name: 'with_params',
  summary: 'Reads its params with their types',
  paper: 'https://example.org/paper',
  params,
  aliases: { times: 'rounds', with_params_config: '*' },
  cost: ({ rounds }, n) => ({ calls: n * rounds, rounds }),
  run: async (request, ctx, { rounds, tone }) => {
    const count: number = rounds
    const words: string = tone
    const reply = await ctx.complete({ ...request, seed: count }, { kind: 'helper' })
    return words + (await reply.text())
  },
})

export const steps: readonly Step[] = [withParams]

/** Each kind of result that `run` may return. */
export const results: readonly Answer[] = ['text', ['one', 'for each choice'], replyFrom('text', 'm')]

export const wrongParam = defineApproach({
  name: 'wrong_param',
  summary: 's',
  params,
  // @ts-expect-error: params has no such field
  run: async (_request, _ctx, { round }) => String(round),
})

export const wrongParamType = defineApproach({
  name: 'wrong_param_type',
  summary: 's',
  params,
  run: async (_request, _ctx, { rounds }) => {
    // @ts-expect-error: rounds is a number
    const text: string = rounds
    return text
  },
})

export const unknownField = defineApproach({
  name: 'unknown_field',
  summary: 's',
  // @ts-expect-error: a step has no such field
  sumary: 's',
  run: async () => '',
})

export const newerContract = defineApproach({
  // @ts-expect-error: this is contract 1
  api: 2,
  name: 'newer_contract',
  summary: 's',
  run: async () => '',
})

// @ts-expect-error: summary is missing
export const noSummary = defineApproach({ name: 'no_summary', run: async () => '' })

export const wrongResult = defineApproach({
  name: 'wrong_result',
  summary: 's',
  // @ts-expect-error: a number is not an answer
  run: async () => 42,
})

export const resultWithoutPromise = defineApproach({
  name: 'result_without_promise',
  summary: 's',
  // @ts-expect-error: run is asynchronous
  run: () => 'at once',
})

export const wrongCost = defineApproach({
  name: 'wrong_cost',
  summary: 's',
  // @ts-expect-error: rounds is missing
  cost: () => ({ calls: 1 }),
  run: async () => '',
})

export const wrongParamsSchema = defineApproach({
  name: 'wrong_params_schema',
  summary: 's',
  // @ts-expect-error: params are the fields of an object
  params: z.string(),
  run: async () => '',
})

// @ts-expect-error: an approach runs, and a wrapper wraps
export const neither: Step = { name: 'neither', summary: 's' }

export async function misuse(approach: Approach, request: ChatRequest, ctx: Context): Promise<void> {
  // @ts-expect-error: the request is read-only
  request.model = 'other'
  // @ts-expect-error: so are its messages
  request.messages.push({ role: 'user', content: 'more' })
  // @ts-expect-error: there is no such kind of call
  await ctx.complete(request, { kind: 'judge' })
  // @ts-expect-error: a step cannot grant itself more
  ctx.budget.calls = 1000
  // @ts-expect-error: a reply is awaited first
  ctx.complete(request).text()
  // @ts-expect-error: the name of a step is fixed
  approach.name = 'other'
}
