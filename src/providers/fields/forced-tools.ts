import type { ChatRequest } from '../../contract/index.ts'
import { unthinkingIfForced } from '../spelling/tool-fields.ts'
import type { Body, Hint } from './hint.ts'

/**
 * Thinking before a tool that is forced, or beside any, which some models refuse, whoever serves them: the tool is the
 * client's word, and thinking most often a default.
 */
export const forcedTools: Readonly<Record<string, Hint>> = {
  // Claude: https://github.com/mastra-ai/mastra/issues/7507
  'thinking before a forced tool': {
    named: /\bthinking may not be enabled when tool_choice forces\b/i,
    alone: true,
    without: body => (isForced(body) ? withoutEffort(body) : body),
  },
  // DeepSeek, which thinks unless it is told not to: https://github.com/tickernelz/opencode-mem/issues/253
  'thinking by default before a forced tool': {
    named: /\b(?:thinking mode|deepseek-reasoner) does not support this tool_choice\b/i,
    alone: true,
    without: body => (isForced(body) ? unthinkingIfForced(body as unknown as ChatRequest) : body),
  },
  // OpenAI's chat API since GPT-5.6, whose models think by default: https://github.com/danny-avila/LibreChat/issues/14231
  'thinking beside functions': {
    named: /\bfunction tools with reasoning_effort are not supported\b/i,
    alone: true,
    without: body => (hasTools(body) && !isUnthinking(body) ? { ...body, reasoning_effort: 'none' } : body),
  },
}

function hasTools({ tools }: Body): boolean {
  return Array.isArray(tools) && tools.length > 0
}

function isUnthinking({ reasoning_effort: effort }: Body): boolean {
  return effort === 'none'
}

function isForced({ tool_choice: choice }: Body): boolean {
  if (typeof choice !== 'object' || choice === null) return choice === 'required'
  const { type } = choice as Body
  return type !== 'auto' && type !== 'none' && type !== 'allowed_tools'
}

function withoutEffort(body: Body): Body {
  const { reasoning_effort: _effort, reasoning: _reasoning, thinking: _thinking, ...rest } = body
  return Object.keys(rest).length === Object.keys(body).length ? body : rest
}
