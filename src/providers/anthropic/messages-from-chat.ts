import type { Message, ToolCall } from '../../contract/index.ts'
import { blocksOf } from './content-from-chat.ts'
import type { Block } from './content-from-chat.ts'
import { untranslatable } from '../translation.ts'

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: Block[]
}

/** A conversation as Messages has it. */
export interface Turns {
  readonly system?: readonly Block[]
  readonly messages: readonly Turn[]
}

/**
 * Puts system and developer messages first, in their order, and makes the others turns that alternate: messages of one
 * side become one turn, and the results of tools the start of the user's. Names of participants are not kept.
 */
export function turnsOf(messages: readonly Message[]): Turns {
  const system: Block[] = []
  const turns: Turn[] = []
  for (const [index, message] of messages.entries()) {
    const at = `messages.${index}`
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...blocksOf(message.content, at))
      continue
    }
    const turn = turnOf(message, at)
    const last = turns.at(-1)
    if (last?.role === turn.role) last.content.push(...turn.content)
    else if (turn.role === 'user' || turn.content.length > 0) turns.push(turn)
  }
  return { ...(system.length > 0 ? { system } : {}), messages: turns }
}

function turnOf(message: Message, at: string): Turn {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: blocksOf(message.content, at) }
    case 'assistant':
      return { role: 'assistant', content: assistantBlocks(message, at) }
    case 'tool':
      return { role: 'user', content: [toolResult(message, at)] }
    default:
      throw untranslatable(
        `${at}.role`,
        `"${message.role}" has no counterpart in Anthropic's Messages API; it has system, user, assistant and tool`,
      )
  }
}

/** Thinking comes first, with its signature as we gave it out: without it the service takes none back. */
function assistantBlocks(message: Message, at: string): Block[] {
  const thinking = (message['thinking_blocks'] as readonly Block[] | null | undefined) ?? []
  const calls = message.tool_calls ?? []
  return [
    ...thinking,
    ...blocksOf(message.content, at),
    ...calls.map((call, index) => toolUse(call, `${at}.tool_calls.${index}`)),
  ]
}

function toolUse({ id, function: called }: ToolCall, at: string): Block {
  if (!called) throw untranslatable(at, 'is no call of a function')
  return {
    type: 'tool_use',
    id: callId(id),
    name: called.name,
    input: inputOf(called.arguments, `${at}.function.arguments`),
  }
}

function inputOf(text: string | undefined, at: string): object {
  if (!text) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Told below, as what parses but is no object is.
  }
  throw untranslatable(at, "is not a JSON object, which Anthropic's Messages API asks for")
}

function toolResult({ tool_call_id: id, content }: Message, at: string): Block {
  return {
    type: 'tool_result',
    tool_use_id: callId(id),
    content: typeof content === 'string' ? content : blocksOf(content, at),
  }
}

/** The service takes fewer characters in an id than others do, whose calls may stand in the conversation. */
function callId(id: unknown): unknown {
  return typeof id === 'string' ? id.replaceAll(/[^\w-]/g, '_') : id
}
