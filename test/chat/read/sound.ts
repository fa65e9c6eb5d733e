import { z } from 'zod'
import { maxCount } from '../../../src/chat/read/usage.ts'

// The types that everything behind the border relies on, see src/contract/chat.ts.

const count = z.int().min(0).max(maxCount)
/** Of a prompt and a completion, each of which may have the most. */
const total = z
  .int()
  .min(0)
  .max(2 * maxCount)
const details = z.record(z.string(), count).optional()
const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: total,
  prompt_tokens_details: details,
  completion_tokens_details: details,
  estimated: z.literal(true).optional(),
})
const head = { id: z.string().min(1), created: z.int().min(1), model: z.string().min(1) }
const text = z.string().nullish()
const objects = z.array(z.looseObject({})).nullish()
const said = {
  role: z.literal('assistant').optional(),
  refusal: text,
  reasoning_content: text,
  reasoning: text,
  thinking_blocks: objects,
  annotations: objects,
}
const choice = { index: z.int().min(0).max(127), logprobs: z.looseObject({}).nullish() }
const called = z.looseObject({ name: z.string().min(1).optional(), arguments: z.string().optional() })
const call = { id: z.string().min(1).optional(), type: z.string().min(1).optional() }
const piece = z.looseObject({
  ...call,
  index: z.int().min(0).max(255).optional(),
  function: called.optional(),
})

export const soundUsage = usage

export const soundChunk = z.looseObject({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.looseObject({
      ...choice,
      delta: z.looseObject({ ...said, content: text, tool_calls: z.array(piece).optional() }),
      finish_reason: z.string().min(1).nullish(),
    }),
  ),
  usage: usage.nullish(),
})

const whole = z.looseObject({
  ...call,
  type: z.string().min(1),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string().min(1) }),
})
const parts = z.array(z.looseObject({ text: z.string().optional() }))

export const soundCompletion = z.looseObject({
  ...head,
  object: z.literal('chat.completion'),
  choices: z
    .array(
      z.looseObject({
        ...choice,
        message: z.looseObject({
          ...said,
          content: z.union([z.string(), z.null(), parts]),
          tool_calls: z.array(whole).min(1).optional(),
        }),
        finish_reason: z.string().min(1),
      }),
    )
    .min(1),
  usage: usage.optional(),
})
