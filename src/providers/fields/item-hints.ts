import { agentText } from '../../chat/notes/agent-message.ts'
import { isObject, without } from './hint.ts'
import type { Body, Hint } from './hint.ts'

/**
 * Fields of items that only their own service knows, and that say nothing to a model: the notes of Codex for OpenAI's
 * servers (https://github.com/Wei-Shaw/sub2api/issues/7066), and the state of an item that has ended
 * (https://github.com/openclaw/openclaw/issues/100657).
 */
const facts = ['internal_chat_message_metadata_passthrough', 'status'] as const

/**
 * Types that only the servers behind Codex know, and items of them as another service can read them:
 * https://github.com/james-6-23/codex2api/issues/341
 */
const itemsOfCodex: Readonly<Record<string, (item: Body) => readonly Body[]>> = {
  agent_message: item => {
    const text = agentText(item)
    return text === undefined
      ? []
      : [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }]
  },
  agent_reasoning: () => [],
  // One with content is all that is left of a conversation: an error is better than an answer without it.
  context_compaction: item => (item['encrypted_content'] ? [item] : []),
}

/** The words of a service that refuses a type, which may list those that it supports. */
function refusalOf(type: string): RegExp {
  const list = String.raw`\b(?:supported|allowed|expected|valid|known|possible) (?:values?|types?|tags?|items?)\b|\b(?:one of|should be)\b`
  const found = String.raw`\b(?:got|received|found|but)\b.{0,20}`
  return new RegExp(String.raw`(?:(?<!(?:${list}).{0,2000})|${found})\b${type}\b`, 'is')
}

/** Hints in the input of a response. Clients send items back with all that their service has said. */
export const itemHints: Readonly<Record<string, Hint>> = {
  ...Object.fromEntries(
    facts.map(fact => [
      `input[].${fact}`,
      {
        named: new RegExp(String.raw`\binput(?:\[\d+\]|\.\d+)?\.${fact}\b`),
        without: body => withItems(body, item => [without(item, fact)]),
      } satisfies Hint,
    ]),
  ),
  // OpenAI's, under whatever name a gateway has for it: https://github.com/router-for-me/CLIProxyAPI/issues/5713
  'texts of reasoning': {
    named: /\binput\[\d+\]\.content\b.{0,20}\barray too long\b.{0,60}\bmaximum length 0\b/is,
    alone: true,
    without: body => withItems(body, item => withoutThought(item, body['store'] !== false)),
  },
  ...Object.fromEntries(
    Object.entries(itemsOfCodex).map(([type, plain]) => [
      `items of type ${type}`,
      {
        named: refusalOf(type),
        alone: true,
        without: body => withItems(body, item => (item['type'] === type ? plain(item) : [item])),
      } satisfies Hint,
    ]),
  ),
  // Messages are kept without their thoughts where those are left out: https://github.com/Cloudgeni-ai/opengeni/pull/2526
  'ids of items': {
    named: /\bwithout its required ['"`]?reasoning\b/i,
    alone: true,
    without: body => withItems(body, item => [ownTypes.has(typeOf(item)) ? without(item, 'id') : item]),
  },
}

function withItems(body: Body, change: (item: Body) => readonly Body[]): Body {
  const { input } = body
  if (!Array.isArray(input)) return body
  const changed = input.flatMap((item: unknown): readonly unknown[] =>
    isObject(item) ? change(item) : [item],
  )
  const isSame = changed.length === input.length && changed.every((item, index) => item === input[index])
  return isSame ? body : { ...body, input: changed }
}

/** Items that say the same without their id. For others, such as references and the results of tools, it is all that they say. */
const ownTypes: ReadonlySet<unknown> = new Set(['message', 'function_call', 'custom_tool_call'])

/** The type of an item. A message may leave it out, and so may a reference. */
function typeOf({ type, role }: Body): unknown {
  return type ?? (role === undefined ? undefined : 'message')
}

/**
 * Reasoning without its text; nothing of one that has nothing else. `isStored`: whether its service may know it by its id.
 * Then a message behind it would be refused without it.
 */
function withoutThought(item: Body, isStored: boolean): readonly Body[] {
  const { type, id, content, summary, encrypted_content: sealed } = item
  if (type !== 'reasoning' || !Array.isArray(content) || content.length === 0) return [item]
  const isSealed = sealed != null && sealed !== ''
  const isSummarized = Array.isArray(summary) && summary.length > 0
  const isKept = isSealed || (id == null ? isSummarized : isStored)
  return isKept ? [without(item, 'content')] : []
}
