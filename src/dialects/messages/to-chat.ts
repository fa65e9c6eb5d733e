import { createHash } from 'node:crypto'
import { withNativeSettings, withServerTools } from '../../chat/notes/native-form.ts'
import { effortOfBudget } from '../../chat/thoughts/effort.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { passedFields } from '../passed-fields.ts'
import { withLastMark } from './cache-marks.ts'
import { messagesBody } from './schema.ts'
import type { CountBody, MessagesBody } from './schema.ts'
import { refuseThread } from './thread.ts'
import { offeredTools } from './tool-changes.ts'
import { serverTools, toolFields } from './tools-to-chat.ts'
import { turnsToChat } from './turns-to-chat.ts'

/** The fields of the Messages API that have another meaning in a chat, or none. */
const known: ReadonlySet<string> = new Set([
  'cache_control',
  'container',
  'context_management',
  'inference_geo',
  'mcp_servers',
  'service_tier',
  'speed',
  'thread',
  ...Object.keys(messagesBody.shape).filter(field => !['temperature', 'top_p', 'top_k'].includes(field)),
])

/** Maximum length of `user` that OpenAI accepts. */
const maxUserLength = 64

/**
 * Translates a request for a message into one for a chat. Fields that a chat may not know are left out: they are hints, or
 * about what only Anthropic's servers can do.
 */
export function toChat(body: MessagesBody, model: string, extra: ReadonlySet<string>): ChatRequest {
  refuseThread(body['thread'])
  const offered = offeredTools(body)
  const { max_tokens: limit, stop_sequences: stop, metadata, output_config: output } = body
  const chat: ChatRequest = {
    ...passedFields(body, extra, known),
    model,
    messages: turnsToChat(withLastMark(body)),
    max_tokens: limit,
    ...(stop?.length ? { stop } : {}),
    ...(metadata?.user_id ? { user: shortUser(metadata.user_id) } : {}),
    ...toolFields(offered, body.tool_choice),
    ...effortOf(body.thinking, output),
    ...formatOf(output?.format ?? body.output_format),
    ...(body.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
  const tools = serverTools(offered, body.tool_choice)
  const request = withServerTools(chat, { dialect: 'messages', tools })
  if (!body.thinking && !output?.effort) return request
  return withNativeSettings(request, {
    fields: {
      ...(body.thinking ? { thinking: body.thinking } : {}),
      ...(output?.effort ? { output_config: { effort: output.effort } } : {}),
    },
    effort: request['reasoning_effort'],
  })
}

/** A chat requests thinking by effort: the effort of the body, or one that matches its budget of tokens. */
function effortOf(thinking: CountBody['thinking'], output: CountBody['output_config']) {
  if (output?.effort) return { reasoning_effort: output.effort === 'max' ? 'xhigh' : output.effort }
  if (thinking?.type !== 'enabled') return {}
  return { reasoning_effort: effortOfBudget(thinking.budget_tokens) }
}

function formatOf(format: CountBody['output_format']) {
  if (!format) return {}
  const { schema } = format
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } }
}

/** The digest of a longer name, which distinguishes users just as well. */
function shortUser(user: string): string {
  return user.length <= maxUserLength ? user : createHash('sha256').update(user).digest('hex')
}
