import { z } from 'zod'
import { sharedFields } from '../check.ts'
import { textOf } from '../conversation/earlier-content.ts'

const content = z.union(
  [z.string(), z.array(z.looseObject({ type: z.string() }))],
  'expected a string or a list of content parts',
)

const tool = z.looseObject({
  type: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  parameters: z.looseObject({}).nullish(),
  strict: z.boolean().nullish(),
  tools: z.array(z.looseObject({})).nullish(),
})

const format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['text', 'json_object']) }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: z.string(),
    schema: z.looseObject({}),
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
  }),
])

/** The body of a request for a response. Items of the input are checked one by one as they are read. */
export const responsesBody = z.looseObject({
  model: sharedFields.model,
  n: z.literal(1, 'this format has only one answer; omit n').nullish(),
  input: z.union(
    [z.string(), z.array(z.looseObject({ type: z.string().nullish() })).min(1)],
    'expected a string or a list of items',
  ),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), z.looseObject({ type: z.string() })]).nullish(),
  text: z.looseObject({ format: format.nullish(), verbosity: z.string().nullish() }).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  include: z.array(z.string()).nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
})

/** A checked request for a response. */
export type ResponsesBody = z.output<typeof responsesBody>
/** A tool, of any type. */
export type ResponsesTool = z.output<typeof tool>
/** The format that a text answer must have. */
export type ResponsesFormat = z.output<typeof format>

/** An item with a message. */
export const messageItem = z.looseObject({
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: content.nullish(),
})

/** An item with a function call of the model. Some clients write the arguments as the object itself. */
export const callItem = z.looseObject({
  call_id: z.string().min(1),
  name: z.string().min(1),
  namespace: z.string().nullish(),
  arguments: z.unknown().optional().transform(textOf),
})

/** An item in which the model calls a custom tool. */
export const customCallItem = z.looseObject({
  call_id: z.string().min(1),
  name: z.string().min(1),
  namespace: z.string().nullish(),
  input: z.unknown().optional().transform(textOf),
})

/** An item with the result of a function call. */
export const resultItem = z.looseObject({
  call_id: z.string().min(1),
  output: content.nullish(),
})

/** A part with text. */
export const textPartSchema = z.looseObject({
  text: z
    .string()
    .nullish()
    .transform(given => given ?? ''),
})

/** A part with an image. */
export const imagePartSchema = z.looseObject({
  image_url: z.string('a URL or data: URL is required; stored files are not supported'),
  detail: z.string().nullish(),
})

/** A part with a file. */
export const filePartSchema = z.looseObject({
  file_data: z.string('the data itself is required; stored files and URLs are not supported'),
  filename: z.string().nullish(),
})
