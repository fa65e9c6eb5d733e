import { withServerTools } from '../../chat/notes/native-form.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { unknownResponse } from './unknown-ids.ts'
import { invalidField } from '../check.ts'
import { inputToChat } from './input-to-chat.ts'
import { passedFields } from '../passed-fields.ts'
import { responsesBody } from './schema.ts'
import type { ResponsesBody, ResponsesFormat } from './schema.ts'
import type { Tools } from './tools/tools.ts'

/** The fields of the Responses API, which are translated below, refused, or about OpenAI's own servers. */
const known: ReadonlySet<string> = new Set([
  'conversation',
  'max_tool_calls',
  'previous_response_id',
  'prompt',
  'stream_options',
  'top_logprobs',
  'truncation',
  ...Object.keys(responsesBody.shape).filter(field => field !== 'temperature' && field !== 'top_p'),
])

/** The facts about a request that are not in its body. */
export interface ToChatOptions {
  readonly model: string
  readonly tools: Tools
  /** Fields that came in a literal `extra_body`. */
  readonly extra: ReadonlySet<string>
}

/** Translates a request for a response into one for a chat. Fields that a chat may not know are left out. */
export function toChat(body: ResponsesBody, { model, tools, extra }: ToChatOptions): ChatRequest {
  refuseState(body)
  refuseLogprobs(body)
  const { max_output_tokens: limit, text, reasoning } = body
  const request: ChatRequest = {
    ...passedFields(body, extra, known),
    model,
    messages: inputToChat(body, tools),
    ...(limit == null ? {} : { max_tokens: limit }),
    ...toolFields(body, tools),
    ...(isCompaction(body) ? {} : formatOf(text?.format)),
    ...(text?.verbosity == null ? {} : { verbosity: text.verbosity }),
    ...(reasoning?.effort == null ? {} : { reasoning_effort: reasoning.effort }),
    ...(body.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
  return withServerTools(request, { dialect: 'responses', tools: serverTools(body) })
}

/** Whether the conversation is to be compacted, not continued: a trigger counts at its end alone. */
export function isCompaction({ input }: Pick<ResponsesBody, 'input'>): boolean {
  return typeof input !== 'string' && input.at(-1)?.type === 'compaction_trigger'
}

/** The tools of OpenAI whose answer is text. */
const search = /^(?:web_search|file_search)/

/** The tools that OpenAI can run for an answer that is translated. They have no effect if a choice leaves them out. */
function serverTools(body: ResponsesBody): readonly object[] {
  const { tools, tool_choice: choice } = body
  const isFree = !isCompaction(body) && (choice == null || choice === 'auto' || choice === 'required')
  return isFree ? (tools ?? []).filter(({ type }) => search.test(type)) : []
}

/** Refuses fields that need stored answers. */
function refuseState(body: ResponsesBody): void {
  const why = 'this server stores none;'
  const previous = body['previous_response_id']
  if (previous != null) throw unknownResponse(previous)
  if (body['conversation'] != null)
    throw invalidField('conversation', `${why} send the whole conversation as input`)
  if (body['prompt'] != null) throw invalidField('prompt', `${why} send its instructions and input instead`)
}

function refuseLogprobs({ include, ...body }: ResponsesBody): void {
  if (body['top_logprobs'])
    throw invalidField('top_logprobs', 'not supported here; request them from /v1/chat/completions')
  const index = include?.indexOf('message.output_text.logprobs') ?? -1
  if (index >= 0)
    throw invalidField(`include[${index}]`, 'not supported here; request logprobs from /v1/chat/completions')
}

/** Without tools, services refuse what is said about their use. */
function toolFields(body: ResponsesBody, tools: Tools): Record<string, unknown> {
  const { parallel_tool_calls: parallel } = body
  // The functions stay as they are, for the cache of the prompt; no service runs its own tools for a summary.
  const choice = isCompaction(body) ? 'none' : body.tool_choice
  const functions = tools.functions(choice)
  const chosen = tools.choice(choice)
  if (functions.length === 0) return {}
  return {
    tools: functions,
    ...(chosen === undefined ? {} : { tool_choice: chosen }),
    ...(parallel == null ? {} : { parallel_tool_calls: parallel }),
  }
}

function formatOf(format: ResponsesFormat | null | undefined): Record<string, unknown> {
  if (!format || format.type === 'text') return {}
  if (format.type === 'json_object') return { response_format: { type: 'json_object' } }
  const { type, name, schema, description, strict } = format
  const about = { ...(description == null ? {} : { description }), ...(strict == null ? {} : { strict }) }
  return { response_format: { type, json_schema: { name, ...about, schema } } }
}
