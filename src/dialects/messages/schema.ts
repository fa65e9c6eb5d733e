import { z } from 'zod'
import { argumentsOf } from '../../chat/read/tool-calls.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'
import { sharedFields } from '../check.ts'

const listOrText = z.union(
  [z.string(), z.array(z.looseObject({ type: z.string() }))],
  'expected a string or a list of content blocks',
)

/** A tool that the client offers. */
export const messagesTool = z.looseObject({
  type: z.string().nullish(),
  name: z.string().min(1).nullish(),
  description: z.string().nullish(),
  input_schema: z.looseObject({}).nullish(),
  strict: z.boolean().nullish(),
})

const toolChoice = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.enum(['auto', 'any', 'none']),
    disable_parallel_tool_use: z.boolean().nullish(),
  }),
  z.looseObject({
    type: z.literal('tool'),
    name: z.string().min(1),
    disable_parallel_tool_use: z.boolean().nullish(),
  }),
])

const effort = z.enum(['low', 'medium', 'high', 'xhigh', 'max'])

const outputFormat = z.looseObject({ type: z.literal('json_schema'), schema: z.looseObject({}) })

/** The body of a request to count tokens. */
export const countBody = z.looseObject({
  model: sharedFields.model,
  n: z.literal(1, 'this format has only one answer; omit n').nullish(),
  system: listOrText.nullish(),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['user', 'assistant', 'system']),
        content: listOrText.nullish().transform(given => given ?? []),
      }),
    )
    .min(1, 'must not be empty'),
  tools: z.array(messagesTool).nullish(),
  tool_choice: toolChoice.nullish(),
  thinking: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1) }),
      z.looseObject({ type: z.enum(['adaptive', 'disabled']) }),
    ])
    .nullish(),
  output_config: z.looseObject({ effort: effort.nullish(), format: outputFormat.nullish() }).nullish(),
  // The name of `output_config.format` while it was in beta, which SDKs still send.
  output_format: outputFormat.nullish(),
})

/** The body of a request for a message. Blocks are checked one by one as they are read. */
export const messagesBody = countBody.extend({
  max_tokens: z.int('the maximum tokens of the answer are required').min(1),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.int().nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
})

/** A checked request to count tokens. */
export type CountBody = z.output<typeof countBody>
/** A block of content, of any type. */
export type ContentBlock = Readonly<Record<string, unknown>> & { readonly type: string }
/** A checked request for a message. */
export type MessagesBody = z.output<typeof messagesBody>
/** A tool that the client offers. */
export type MessagesTool = z.output<typeof messagesTool>
/** The client's choice among its tools. */
export type MessagesToolChoice = z.output<typeof toolChoice>

/** A block of text. */
export const textBlock = z.looseObject({
  text: z
    .string()
    .nullish()
    .transform(given => given ?? ''),
})

/** A block with an image, as data or as a URL. */
export const imageBlock = z.looseObject({
  source: z.discriminatedUnion(
    'type',
    [
      z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
      z.looseObject({ type: z.literal('url'), url: z.string() }),
    ],
    'only base64 and url are supported here',
  ),
})

/** A block with a document, as data or as text. */
export const documentBlock = z.looseObject({
  title: z.string().nullish(),
  source: z.discriminatedUnion(
    'type',
    [
      z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
      z.looseObject({ type: z.literal('text'), data: z.string() }),
    ],
    'only base64 and text are supported here',
  ),
})

/**
 * A tool call of the model. Without arguments, some gateways have given it no input, or null, and others the text of the
 * object.
 */
export const toolUseBlock = z.looseObject({
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.preprocess(
    input => (typeof input === 'string' ? (jsonOrUndefined(argumentsOf(input)) ?? input) : input),
    z.looseObject({}).nullish(),
  ),
})

/** The result of a tool call. */
export const toolResultBlock = z.looseObject({
  tool_use_id: z.string().min(1),
  content: listOrText.nullish(),
})
