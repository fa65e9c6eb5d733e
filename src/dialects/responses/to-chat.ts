import type { ChatRequest } from '../../contract/index.ts'
import { refused } from '../check.ts'
import { inputToChat } from './input-to-chat.ts'
import { responsesBody } from './schema.ts'
import type { ResponsesBody, ResponsesFormat } from './schema.ts'
import { tokenLimit } from '../token-limit.ts'

/** Fields with the same name and meaning in a chat. */
const same = ['temperature', 'top_p', 'parallel_tool_calls'] as const

/** What does not reach a chat under its own name: read below, refused, or a matter of how OpenAI's servers keep an answer. */
const known: ReadonlySet<string> = new Set([
  'conversation',
  'max_tool_calls',
  'previous_response_id',
  'prompt',
  'stream_options',
  'top_logprobs',
  'truncation',
  ...Object.keys(responsesBody.shape),
])

/** A request for a response as one for a chat. Fields that the Responses API does not have pass through. */
export function toChat(body: ResponsesBody, model: string): ChatRequest {
  refuseState(body)
  refuseLogprobs(body)
  const { max_output_tokens: most, text, reasoning, tool_choice: choice } = body
  return {
    ...passing(body),
    model,
    messages: inputToChat(body),
    ...tokenLimit(model, most),
    ...toolFields(body),
    ...(choice == null ? {} : { tool_choice: choiceOf(choice) }),
    ...formatOf(text?.format),
    ...(text?.verbosity == null ? {} : { verbosity: text.verbosity }),
    ...(reasoning?.effort == null ? {} : { reasoning_effort: reasoning.effort }),
    ...(body.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
}

/** What would need earlier answers to be kept, or this one. */
function refuseState(body: ResponsesBody): void {
  const why = 'this server keeps no responses;'
  for (const field of ['previous_response_id', 'conversation']) {
    if (body[field] != null) throw refused(field, `${why} send the whole conversation in input`)
  }
  if (body['prompt'] != null) throw refused('prompt', `${why} send instructions and input themselves`)
  if (body.background) throw refused('background', `${why} wait for this one, or stream it`)
}

function refuseLogprobs({ include, ...body }: ResponsesBody): void {
  if (body['top_logprobs'])
    throw refused('top_logprobs', 'not supported here; ask /v1/chat/completions for them')
  const place = include?.indexOf('message.output_text.logprobs') ?? -1
  if (place >= 0)
    throw refused(`include[${place}]`, 'not supported here; ask /v1/chat/completions for logprobs')
}

function passing(body: ResponsesBody): Record<string, unknown> {
  const passed: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(body)) if (!known.has(field)) passed[field] = value
  for (const field of same) if (body[field] != null) passed[field] = body[field]
  return passed
}

function toolFields({ tools }: ResponsesBody): Record<string, unknown> {
  if (!tools?.length) return {}
  return {
    tools: tools.map(({ type, name, description, parameters, strict }, index) => {
      const at = `tools[${index}]`
      if (type !== 'function') throw refused(`${at}.type`, `only "function" is supported here, not "${type}"`)
      if (!name) throw refused(`${at}.name`, 'a function needs a name')
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
  throw refused(
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
