import type { ChatRequest } from '../../contract/index.ts'
import { invalidField } from '../check.ts'
import { inputToChat } from './input-to-chat.ts'
import { responsesBody } from './schema.ts'
import type { ResponsesBody, ResponsesFormat } from './schema.ts'
import { tokenLimit } from '../token-limit.ts'

/** Fields with the same name and meaning in a chat. */
const shared = ['temperature', 'top_p', 'parallel_tool_calls'] as const

/** Fields that do not pass through: translated below, refused, or about how OpenAI's servers store an answer. */
const handled: ReadonlySet<string> = new Set([
  'conversation',
  'max_tool_calls',
  'previous_response_id',
  'prompt',
  'stream_options',
  'top_logprobs',
  'truncation',
  ...Object.keys(responsesBody.shape),
])

/** Translates a request for a response into one for a chat. Fields unknown to the Responses API pass through. */
export function toChat(body: ResponsesBody, model: string): ChatRequest {
  refuseState(body)
  refuseLogprobs(body)
  const { max_output_tokens: limit, text, reasoning, tool_choice: choice } = body
  return {
    ...passThrough(body),
    model,
    messages: inputToChat(body),
    ...tokenLimit(model, limit),
    ...toolFields(body),
    ...(choice == null ? {} : { tool_choice: choiceOf(choice) }),
    ...formatOf(text?.format),
    ...(text?.verbosity == null ? {} : { verbosity: text.verbosity }),
    ...(reasoning?.effort == null ? {} : { reasoning_effort: reasoning.effort }),
    ...(body.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
}

/** Refuses fields that need stored answers. */
function refuseState(body: ResponsesBody): void {
  const why = 'this server stores no responses;'
  for (const field of ['previous_response_id', 'conversation']) {
    if (body[field] != null) throw invalidField(field, `${why} send the whole conversation as input`)
  }
  if (body['prompt'] != null) throw invalidField('prompt', `${why} send its instructions and input instead`)
  if (body.background) throw invalidField('background', `${why} wait for the answer, or stream it`)
}

function refuseLogprobs({ include, ...body }: ResponsesBody): void {
  if (body['top_logprobs'])
    throw invalidField('top_logprobs', 'not supported here; request them from /v1/chat/completions')
  const index = include?.indexOf('message.output_text.logprobs') ?? -1
  if (index >= 0)
    throw invalidField(`include[${index}]`, 'not supported here; request logprobs from /v1/chat/completions')
}

function passThrough(body: ResponsesBody): Record<string, unknown> {
  const passed: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(body)) if (!handled.has(field)) passed[field] = value
  for (const field of shared) if (body[field] != null) passed[field] = body[field]
  return passed
}

function toolFields({ tools }: ResponsesBody): Record<string, unknown> {
  if (!tools?.length) return {}
  return {
    tools: tools.map(({ type, name, description, parameters, strict }, index) => {
      const at = `tools[${index}]`
      if (type !== 'function')
        throw invalidField(`${at}.type`, `only "function" is supported here, not "${type}"`)
      if (!name) throw invalidField(`${at}.name`, 'a function needs a name')
      const about = {
        ...(description == null ? {} : { description }),
        ...(parameters == null ? {} : { parameters }),
        ...(strict == null ? {} : { strict }),
      }
      return { type, function: { name, ...about } }
    }),
  }
}

function choiceOf(choice: NonNullable<ResponsesBody['tool_choice']>) {
  if (typeof choice === 'string') return choice
  const { type, name } = choice
  if (type === 'function' && typeof name === 'string') return { type, function: { name } }
  throw invalidField(
    'tool_choice',
    'only "auto", "none", "required" and {"type": "function", "name": ...} are supported',
  )
}

function formatOf(format: ResponsesFormat | null | undefined): Record<string, unknown> {
  if (!format || format.type === 'text') return {}
  if (format.type === 'json_object') return { response_format: { type: 'json_object' } }
  const { type, name, schema, description, strict } = format
  const about = { ...(description == null ? {} : { description }), ...(strict == null ? {} : { strict }) }
  return { response_format: { type, json_schema: { name, ...about, schema } } }
}
