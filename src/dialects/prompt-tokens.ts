import type { ChatRequest, Message } from '../contract/index.ts'

/** Characters of English text that a token stands for on average with the common tokenizers. */
const charactersPerToken = 4
/** What the services say that a large image counts. */
const tokensPerImage = 1600
/** Marks around each turn. */
const tokensPerMessage = 4

/** Tokens of a prompt, tools and images included, estimated from its length. */
export function promptTokens({ messages, tools }: ChatRequest): number {
  let characters = tools === undefined ? 0 : JSON.stringify(tools).length
  let tokens = tokensPerMessage * messages.length
  for (const message of messages) {
    characters += charactersOf(message)
    tokens += tokensPerImage * imagesOf(message)
  }
  return tokens + Math.ceil(characters / charactersPerToken)
}

function charactersOf({ content, tool_calls: calls = [] }: Message): number {
  let count = 0
  if (typeof content === 'string') count += content.length
  else for (const { text } of content ?? []) count += text?.length ?? 0
  for (const { function: called } of calls)
    count += (called?.name?.length ?? 0) + (called?.arguments?.length ?? 0)
  return count
}

function imagesOf({ content }: Message): number {
  return typeof content === 'string' ? 0 : (content ?? []).filter(part => part.type === 'image_url').length
}
