import { z } from 'zod'
import type { Dialect } from '../exchange.ts'

/** The fields that the SDKs of each dialect rely on; further fields are welcome. */
const figure = z.number().int().min(0).max(1e13)
const text = z.string()
const name = z.string().min(1)
const index = z.int().min(0).max(127)
const optionalText = text.nullish()

const details = z.record(text, figure.nullish()).nullish()
const chatUsage = z.looseObject({
  prompt_tokens: figure,
  completion_tokens: figure,
  total_tokens: figure,
  prompt_tokens_details: details,
  completion_tokens_details: details,
})
const called = z.looseObject({
  id: name,
  type: z.literal('function'),
  function: z.looseObject({ name, arguments: text }),
})
const head = (object: string) => ({ id: name, object: z.literal(object), created: figure, model: text })

const chatWhole = z.looseObject({
  ...head('chat.completion'),
  choices: z
    .array(
      z.looseObject({
        index,
        message: z.looseObject({
          role: z.literal('assistant'),
          content: text.nullable(),
          refusal: optionalText,
          reasoning_content: optionalText,
          tool_calls: z.array(called).min(1).optional(),
        }),
        finish_reason: name,
      }),
    )
    .min(1),
  usage: chatUsage.nullish(),
})

const chatChunk = z.looseObject({
  ...head('chat.completion.chunk'),
  choices: z.array(
    z.looseObject({
      index,
      delta: z.looseObject({
        role: optionalText,
        content: optionalText,
        refusal: optionalText,
        reasoning_content: optionalText,
        tool_calls: z
          .array(
            z.looseObject({
              index,
              id: optionalText,
              type: optionalText,
              function: z.looseObject({ name: optionalText, arguments: optionalText }).nullish(),
            }),
          )
          .nullish(),
      }),
      finish_reason: name.nullish(),
    }),
  ),
  usage: chatUsage.nullish(),
})

const legacyChoice = (finish: z.ZodType) => z.looseObject({ index, text, finish_reason: finish })
const completionsWhole = z.looseObject({
  ...head('text_completion'),
  choices: z.array(legacyChoice(name)).min(1),
  usage: chatUsage.nullish(),
})
const completionsChunk = z.looseObject({
  ...head('text_completion'),
  choices: z.array(legacyChoice(name.nullish())),
  usage: chatUsage.nullish(),
})

const block = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text }),
  z.looseObject({ type: z.literal('thinking'), thinking: text, signature: text }),
  z.looseObject({ type: z.literal('redacted_thinking'), data: text }),
  z.looseObject({ type: z.literal('tool_use'), id: name, name, input: z.record(text, z.unknown()) }),
])
const messagesUsage = z.looseObject({
  input_tokens: figure,
  output_tokens: figure,
  cache_read_input_tokens: figure.nullish(),
  cache_creation_input_tokens: figure.nullish(),
})
const messagesHead = { id: name, type: z.literal('message'), role: z.literal('assistant'), model: text }

const messagesWhole = z.looseObject({
  ...messagesHead,
  content: z.array(block),
  stop_reason: name,
  stop_sequence: optionalText,
  usage: messagesUsage,
})

/** The `message` of a `message_start`. */
export const startedMessage = z.looseObject({
  ...messagesHead,
  content: z.array(z.unknown()).max(0),
  usage: messagesUsage,
})

const item = z.looseObject({ type: name })
export const responseShape = z.looseObject({
  id: name,
  object: z.literal('response'),
  created_at: figure,
  model: text,
  status: z.enum(['completed', 'incomplete', 'in_progress', 'failed', 'queued', 'cancelled']),
  output: z.array(
    z.union([
      z.looseObject({
        type: z.literal('message'),
        id: name,
        role: z.literal('assistant'),
        content: z.array(
          z.union([
            z.looseObject({ type: z.literal('output_text'), text }),
            z.looseObject({ type: z.literal('refusal'), refusal: text }),
            item.refine(({ type }) => !['output_text', 'text', 'refusal'].includes(type), 'malformed part'),
          ]),
        ),
      }),
      z.looseObject({ type: z.literal('function_call'), call_id: name, name, arguments: text }),
      z.looseObject({
        type: z.literal('reasoning'),
        id: name,
        summary: z.array(z.looseObject({ type: name, text })),
      }),
      item.refine(({ type }) => !['message', 'function_call', 'reasoning'].includes(type), 'malformed item'),
    ]),
  ),
  usage: z.looseObject({ input_tokens: figure, output_tokens: figure, total_tokens: figure }).nullish(),
})

const embeddings = z.looseObject({
  object: z.literal('list'),
  data: z
    .array(
      z.looseObject({
        object: z.literal('embedding'),
        index: z.int().min(0).max(4096),
        embedding: z.union([z.array(z.number()).min(1), name]),
      }),
    )
    .min(1),
  model: text,
  usage: z.looseObject({ prompt_tokens: figure, total_tokens: figure }).nullish(),
})

/** Whole answers by dialect. */
export const wholes: Readonly<Record<Dialect, z.ZodType>> = {
  chat: chatWhole,
  completions: completionsWhole,
  responses: responseShape,
  messages: messagesWhole,
  embeddings,
}

/** Events of the two dialects that have one kind of event. */
export const chunks: Readonly<Record<'chat' | 'completions', z.ZodType>> = {
  chat: chatChunk,
  completions: completionsChunk,
}

const openaiError = z.strictObject({
  error: z.strictObject({ message: name, type: name, param: text.nullable(), code: text.nullable() }),
  /** Of a request that asked for it. */
  hulumanage_trace: z.array(z.looseObject({ path: name, start_ms: figure })).optional(),
})
const messagesError = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: name, message: name }),
})

/** Bodies of errors by dialect. */
export function errorShape(dialect: Dialect): z.ZodType {
  return dialect === 'messages' ? messagesError : openaiError
}
