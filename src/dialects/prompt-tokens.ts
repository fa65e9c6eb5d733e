import { weightedLength } from '../chat/estimate.ts'
import { addressOf } from '../chat/images/images.ts'
import type { ChatRequest, Message } from '../contract/index.ts'

/** Average characters of English text per token, for common tokenizers. */
const charactersPerToken = 4
/** Tokens of a large image, by the documentation of the services. */
const tokensPerImage = 1600
/** Tokens of the markers around each message. */
const tokensPerMessage = 4

/** Estimates the tokens of a prompt from its length, tools and images included. */
export function estimatePromptTokens({ messages, tools }: ChatRequest): number {
  let characters = tools === undefined ? 0 : JSON.stringify(tools).length
  let tokens = tokensPerMessage * messages.length
  for (const message of messages) {
    characters += charactersOf(message)
    tokens += tokensPerImage * countImages(message)
  }
  return tokens + Math.ceil(characters / charactersPerToken)
}

function charactersOf({ content, tool_calls: calls = [] }: Message): number {
  let count = 0
  if (typeof content === 'string') count += weightedLength(content)
  else for (const { text } of content ?? []) count += weightedLength(text ?? '')
  for (const { function: called } of calls)
    count += (called?.name?.length ?? 0) + (called?.arguments?.length ?? 0)
  return count
}

function countImages({ content }: Message): number {
  return typeof content === 'string' ? 0 : (content ?? []).filter(part => addressOf(part) !== '').length
}
