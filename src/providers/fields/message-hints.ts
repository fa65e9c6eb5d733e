import type { Message } from '../../contract/index.ts'
import { withNeededThoughts } from '../spelling/message-fields.ts'
import { developerAsSystem, systemAsReminders, systemFirst } from '../spelling/system-messages.ts'
import { isObject } from './hint.ts'
import type { Body, Hint } from './hint.ts'

/** Thoughts of earlier turns, under the names that services have for them. */
const thoughts: ReadonlySet<string> = new Set([
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'reasoning_items',
  'thinking_blocks',
  // LiteLLM's, with the thoughts of its services: https://github.com/HolmesGPT/holmesgpt/pull/1943
  'provider_specific_fields',
])

/** Fields of an answer that a text has no place for. */
const ofMessages: ReadonlySet<string> = new Set([
  ...thoughts,
  'annotations',
  'audio',
  'function_call',
  'refusal',
  'role',
  'tool_calls',
])

/**
 * Hints in the messages of a chat. Clients send answers back with all that their service has said, and write system
 * messages where they like.
 */
export const messageHints: Readonly<Record<string, Hint>> = {
  'empty fields of messages': {
    named: /\bmessages\b.{0,120}\b(?:refusal|audio|function_call|tool_calls|annotations)\b/s,
    without: body => withMessages(body, message => withoutFields(message, isEmpty)),
  },
  // OpenAI's words, behind a gateway.
  'empty calls of messages': {
    named: /\btool_calls\b.{0,60}\b(?:empty array|got null)\b|\[\] is too short\b.{0,40}\btool_calls\b/s,
    alone: true,
    without: body => withMessages(body, message => withoutFields(message, isEmpty)),
  },
  // A service may know them under another name, which is kept.
  'reasoning_content of messages': {
    named: /\bmessages\b.{0,160}\breasoning_content\b/s,
    without: body =>
      withMessages(body, message => withoutFields(message, name => name === 'reasoning_content')),
  },
  'thoughts of messages': {
    named:
      /\bmessages\b.{0,160}\b(?:reasoning(?:_content|_details|_items)?|thinking_blocks|provider_specific_fields)\b/s,
    without: body => withMessages(body, message => withoutFields(message, name => thoughts.has(name))),
  },
  // OpenAI's Agents SDK puts them there: https://github.com/openai/openai-agents-js/pull/1064
  'fields of messages in their texts': {
    named:
      /\bmessages\b.{0,12}\bcontent\b.{0,12}\b(?:role|refusal|annotations|tool_calls|function_call|audio|reasoning\w*)\b/s,
    without: body => withMessages(body, withPlainTexts),
  },
  // Anthropic's SDK adds it to the texts of an answer: https://github.com/anthropics/claude-code/issues/84114
  'parsed_output of texts': {
    named: /\bmessages\b.{0,40}\bparsed_output\b/s,
    without: body => withMessages(body, message => withTexts(message, part => withoutFields(part, isParsed))),
  },
  // The effort from this turn on, in a message of its own: https://github.com/NomaDamas/CozyClay/issues/403
  'output_config of messages': {
    named: /\bmessages\.\d+\.output_config\b/,
    without: body => withTurns(body, withoutTurnEfforts),
  },
  // Ollama's words, OpenAI's, and those of FastAPI: https://github.com/mistralai/mistral-common/issues/324
  'null contents of messages': {
    named:
      /\bcontent type: <nil>|'?\bcontent'?: expected a string, got null|\bmessages\.\d+\.content(?:\.str)?: (?:input should be a valid string|field required)/i,
    alone: true,
    without: body =>
      withMessages(body, message => (message['content'] == null ? { ...message, content: '' } : message)),
  },
  // The templates of Qwen's models, whoever serves them, and MiniMax: https://github.com/MiniMax-AI/MiniMax-M2/issues/51
  'system messages behind the first': {
    named: /\bsystem message must be at the beginning\b|\binvalid message role: system\b/i,
    alone: true,
    without: body => withTurns(body, systemFirst),
  },
  // Servers with the Messages API, which Claude Code sends system messages: https://github.com/vllm-project/vllm/issues/44000,
  // https://github.com/ollama/ollama/issues/16372, and Vertex: https://github.com/anthropics/claude-code/issues/63677
  'system messages': {
    named:
      /\b(?:be|expected|either) (["'`])user\1(?: or | \| |, )\1assistant\1|\bunexpected role (["'`])system\2/i,
    alone: true,
    without: body => withTurns(body, systemAsReminders),
  },
  // https://github.com/can1357/oh-my-pi/issues/843, https://github.com/earendil-works/pi/issues/6238
  'role developer of messages': {
    named:
      /\bdeveloper\b.{0,80}\bone of\b|\brole\b.{0,80}\bdeveloper\b|\brole: input should be\b|\bincorrect role information\b|\bunexpected message role\b/is,
    alone: true,
    without: body => withTurns(body, developerAsSystem),
  },
  // DeepSeek's and Kimi's, behind gateways: https://github.com/danny-avila/LibreChat/issues/13366,
  // https://github.com/QuantumNous/new-api/issues/4795
  'missing thoughts of messages': {
    named: /\breasoning_content\b.{0,60}\b(?:must be passed back|is missing)\b/is,
    alone: true,
    without: body => withTurns(body, withNeededThoughts),
  },
}

function withTurns(body: Body, change: (messages: readonly Message[]) => readonly Message[]): Body {
  const { messages } = body
  if (!Array.isArray(messages) || !messages.every(isObject)) return body
  const changed = change(messages as unknown as readonly Message[])
  return (changed as unknown) === messages ? body : { ...body, messages: changed }
}

function withMessages(body: Body, change: (message: Body) => Body): Body {
  const { messages } = body
  if (!Array.isArray(messages)) return body
  const changed = messages.map((message: unknown) => (isObject(message) ? change(message) : message))
  return changed.every((message, index) => message === messages[index])
    ? body
    : { ...body, messages: changed }
}

function withoutFields(message: Body, isUnwanted: (name: string, value: unknown) => boolean): Body {
  const fields = Object.entries(message)
  const kept = fields.filter(([name, value]) => name === 'content' || !isUnwanted(name, value))
  return kept.length === fields.length ? message : Object.fromEntries(kept)
}

/** The message without fields of its own in parts that are text. */
function withPlainTexts(message: Body): Body {
  return withTexts(message, part => withoutFields(part, name => ofMessages.has(name)))
}

function isParsed(name: string): boolean {
  return name === 'parsed_output'
}

function withTexts(message: Body, change: (part: Body) => Body): Body {
  const { content } = message
  if (!Array.isArray(content)) return message
  const plain = content.map((part: unknown) =>
    isObject(part) && part['type'] === 'text' ? change(part) : part,
  )
  return plain.every((part, index) => part === content[index]) ? message : { ...message, content: plain }
}

/** Messages without settings for the turns behind them; one that says nothing else is left out. */
function withoutTurnEfforts(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(message => 'output_config' in message)) return messages
  return messages.flatMap(({ output_config: settings, ...message }) =>
    settings !== undefined && message.role === 'system' && !message.content?.length ? [] : [message],
  )
}

/** Annotations tell where an answer is from: no service reads them. */
function isEmpty(name: string, value: unknown): boolean {
  return value === null || name === 'annotations' || (Array.isArray(value) && value.length === 0)
}
