import { agentText } from '../../chat/notes/agent-message.ts'
import { wordsOf } from '../../chat/read/fields.ts'
import type { Message } from '../../contract/index.ts'
import { isPacked, readThoughts } from '../../text/carried-thoughts.ts'
import type { Thoughts } from '../../text/carried-thoughts.ts'
import { readCarried } from '../../text/carried.ts'
import { check } from '../check.ts'
import { ConversationBuilder, textPart, toolCall } from '../conversation/conversation-builder.ts'
import { partsOf } from './parts-to-chat.ts'
import { callItem, customCallItem, messageItem, resultItem } from './schema.ts'
import type { ResponsesBody } from './schema.ts'
import { serverItemText } from './server-items.ts'
import { unknownItem } from './unknown-ids.ts'
import { clientTools } from './tools/client-tools.ts'
import type { Tools } from './tools/tools.ts'

type Item = Exclude<ResponsesBody['input'], string>[number]

/** Translates the input of a response into the messages of a chat. Nothing that an answer can hold is refused here. */
export function inputToChat({ input, instructions }: ResponsesBody, tools: Tools): readonly Message[] {
  const conversation = new ConversationBuilder()
  if (instructions) conversation.addSystem([textPart(instructions)])
  if (typeof input === 'string') conversation.addUser([textPart(input)])
  else {
    const newest = input.findLastIndex(isOfModel) + 1
    for (const [index, item] of input.entries())
      addItem(conversation, item, {
        tools,
        path: `input[${index}]`,
        isLate: index >= newest,
        isLast: index === input.length - 1,
      })
  }
  return conversation.messages
}

/**
 * Asks for what a client puts in the place of a conversation, as Codex does when the context of its model is full. A service
 * of the same API writes it itself.
 */
const askForSummary =
  'Write a summary of the conversation above for another model, which continues the work and sees nothing but it and a few of ' +
  'the messages of the user. Tell what the user wants, in their words where they matter, what has been done and found out, ' +
  'with the names of files, commands and values, what has been decided and why, what is left to do, and what to avoid. Call ' +
  'no tools and do not continue the work: answer with the summary alone.'

interface Place {
  readonly tools: Tools
  readonly path: string
  /** Whether the item came after the last answer: what it asks for is refused if it cannot be had. */
  readonly isLate: boolean
  readonly isLast: boolean
}

function isOfModel({ type, role }: Item): boolean {
  return role === 'assistant' || (type != null && (type === 'reasoning' || type.endsWith('_call')))
}

function addItem(conversation: ConversationBuilder, item: Item, place: Place): void {
  const { tools, path } = place
  switch (item.type ?? 'message') {
    case 'message':
      return addMessage(conversation, item, place)
    case 'function_call': {
      const { call_id: id, name, namespace, arguments: args } = check(callItem, item, path)
      const called = tools.nameFor({ kind: 'function', name, namespace: namespace ?? undefined })
      return addCall(conversation, id, called, args)
    }
    case 'custom_tool_call': {
      const { call_id: id, name, namespace, input } = check(customCallItem, item, path)
      const called = tools.nameFor({ kind: 'custom', name, namespace: namespace ?? undefined })
      return addCall(conversation, id, called, JSON.stringify({ input }))
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const { call_id: id, output } = check(resultItem, item, path)
      return conversation.addResult(
        readCarried(id).id,
        partsOf(output ?? [], `${path}.output`, { isUser: false, isLate: false }),
      )
    }
    case 'agent_message': {
      const text = agentText(item)
      return conversation.addUser(text === undefined ? [] : [textPart(text)])
    }
    case 'item_reference':
      throw unknownItem(item['id'], path)
    case 'compaction_trigger':
      // An earlier one has been answered.
      return place.isLast ? conversation.addUser([textPart(askForSummary)]) : undefined
    case 'agent_reasoning':
      return conversation.addReasoning(wordsOf(item['text']) ?? reasoningOf(item))
    case 'reasoning':
      return conversation.addReasoning(reasoningOf(item), withThinking(thoughtsOf(item), reasoningOf(item)))
    default:
      return addOther(conversation, item, tools)
  }
}

/** Adds a call with what its id carries. */
function addCall(conversation: ConversationBuilder, given: string, name: string, args: string): void {
  const { id, carried } = readCarried(given)
  conversation.addAssistant([], [{ ...toolCall(id, name, args), ...carried }])
}

/** Adds a call of a tool that the client runs, its result, or what OpenAI's servers did, if that has a text. */
function addOther(conversation: ConversationBuilder, item: Item, tools: Tools): void {
  const { type = '', call_id: id = item['id'] } = item
  const client = clientTools.find(one => one.call === type || one.output === type)
  if (client && typeof id === 'string' && id !== '') {
    if (client.output === type)
      return conversation.addResult(readCarried(id).id, [textPart(resultText(item))])
    const name = tools.nameFor({ kind: 'client', name: client.type })
    const args = JSON.stringify(item[client.payload] ?? {})
    return addCall(conversation, id, name, args)
  }
  const text = serverItemText(item)
  if (text !== '') conversation.addAssistant([textPart(text)], [])
}

/** The result of a tool that the client ran, which is a text or has parts of its own. */
function resultText({ output, tools }: Item): string {
  if (typeof output === 'string') return output
  return JSON.stringify(output ?? tools ?? '')
}

/** `developer` is the newer name for `system`, but every service knows the older one. */
function addMessage(conversation: ConversationBuilder, item: Item, { path, isLate }: Place): void {
  const { role, content } = check(messageItem, item, path)
  const parts = partsOf(content ?? [], `${path}.content`, { isUser: role === 'user', isLate })
  if (role === 'user') conversation.addUser(parts)
  else if (role === 'assistant') conversation.addAssistant(parts, [])
  else if (parts.length > 0) conversation.addSystem(parts.filter(part => part.type === 'text'))
}

/** Thoughts that a service sealed: packed by us, or the client's own, which may go back to the service they come from. */
function thoughtsOf({ id, encrypted_content: sealed }: Item): Thoughts {
  if (typeof sealed !== 'string' || sealed === '' || isPacked(sealed)) return readThoughts(sealed)
  return { reasoning_items: [{ id, encrypted_content: sealed }] }
}

/** The thoughts with the thinking that a signature belongs to: in a stream, it may have come in a block of its own. */
function withThinking(thoughts: Thoughts, text: string): Thoughts {
  const [block, ...others] = (thoughts.thinking_blocks ?? []) as readonly Item[]
  const isBare = block?.type === 'thinking' && block['thinking'] === '' && others.length === 0
  return isBare && text !== '' ? { ...thoughts, thinking_blocks: [{ ...block, thinking: text }] } : thoughts
}

/** The thinking itself if the service shows it, else its summary. */
function reasoningOf({ content, summary }: Item): string {
  const texts = textsOf(content)
  return (texts.length > 0 ? texts : textsOf(summary)).join('\n\n')
}

function textsOf(parts: unknown): readonly string[] {
  if (!Array.isArray(parts)) return []
  return parts.map(part => (part as { text?: unknown } | null)?.text).filter(text => typeof text === 'string')
}
