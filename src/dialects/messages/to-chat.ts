import { createHash } from 'node:crypto'
import type { ChatRequest } from '../../contract/index.ts'
import { invalidField } from '../check.ts'
import type { CountBody, MessagesBody, MessagesTool, MessagesToolChoice } from './schema.ts'
import { turnsToChat } from './turns-to-chat.ts'
import { tokenLimit } from '../token-limit.ts'

/** Maximum length of `user` that OpenAI accepts. */
const maxUserLength = 64

/** Hints of the Messages API without a counterpart in a chat; the answer is valid without them. */
const hints = ['cache_control', 'context_management', 'service_tier', 'inference_geo', 'speed'] as const

/** Fields that only Anthropic's own servers can serve. */
const unsupported = ['mcp_servers', 'container'] as const

/** Translates a request for a message into one for a chat. Fields unknown to the Messages API pass through. */
export function toChat(body: MessagesBody, model: string): ChatRequest {
  for (const field of unsupported) if (body[field] != null) throw invalidField(field, 'not supported here')
  const { max_tokens: limit, stop_sequences: stop, metadata, output_config: output } = body
  return {
    ...sharedFieldsOf(body),
    model,
    messages: turnsToChat(body),
    ...tokenLimit(model, limit),
    ...(stop?.length ? { stop } : {}),
    ...(metadata?.user_id ? { user: shortUser(metadata.user_id) } : {}),
    ...toolFields(body.tools, body.tool_choice),
    ...effortOf(body.thinking, output),
    ...formatOf(output),
    ...(body.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
}

/** The fields that have the same name in a chat or are unknown here. */
function sharedFieldsOf(body: MessagesBody): Readonly<Record<string, unknown>> {
  const {
    system: _system,
    n: _n,
    messages: _messages,
    max_tokens: _limit,
    stop_sequences: _stop,
    metadata: _metadata,
    tools: _tools,
    tool_choice: _choice,
    thinking: _thinking,
    output_config: _output,
    stream: _stream,
    ...rest
  } = body
  for (const hint of hints) delete rest[hint]
  return rest
}

/** The fields of a chat for tools and the choice among them. */
export function toolFields(
  tools: readonly MessagesTool[] | null | undefined,
  choice: MessagesToolChoice | null | undefined,
): Record<string, unknown> {
  return {
    ...(tools?.length ? { tools: tools.map(functionOf) } : {}),
    ...(choice ? { tool_choice: choiceOf(choice) } : {}),
    ...(choice?.disable_parallel_tool_use ? { parallel_tool_calls: false } : {}),
  }
}

function functionOf({ type, name, description, input_schema: schema, strict }: MessagesTool, index: number) {
  if (type != null && type !== 'custom') {
    throw invalidField(
      `tools[${index}].type`,
      `"${type}" runs on Anthropic's servers and is not supported here; send a custom tool`,
    )
  }
  const about = { ...(description == null ? {} : { description }), ...(strict == null ? {} : { strict }) }
  return {
    type: 'function',
    function: { name, ...about, parameters: schema ?? { type: 'object', properties: {} } },
  }
}

function choiceOf(choice: MessagesToolChoice) {
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } }
  return choice.type === 'any' ? 'required' : choice.type
}

/** A chat requests thinking by effort: the effort of the body, or one that matches its budget of tokens. */
function effortOf(thinking: CountBody['thinking'], output: CountBody['output_config']) {
  if (output?.effort) return { reasoning_effort: output.effort === 'max' ? 'xhigh' : output.effort }
  if (thinking?.type !== 'enabled') return {}
  const { budget_tokens: budget } = thinking
  if (budget < 4096) return { reasoning_effort: 'low' }
  return { reasoning_effort: budget < 16_384 ? 'medium' : 'high' }
}

function formatOf(output: CountBody['output_config']) {
  if (!output?.format) return {}
  const { schema } = output.format
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } }
}

/** The digest of a longer name, which distinguishes users just as well. */
function shortUser(user: string): string {
  return user.length <= maxUserLength ? user : createHash('sha256').update(user).digest('hex')
}
