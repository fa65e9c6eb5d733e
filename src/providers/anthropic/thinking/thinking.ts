import { textOf } from '../../../chat/read/fields.ts'
import { nativeFieldsOf } from '../../../chat/notes/native-form.ts'
import type { ChatRequest } from '../../../contract/index.ts'

type Json = Readonly<Record<string, unknown>>

/** The smallest budget that the service accepts. */
const minBudget = 1024

/**
 * Settles what the service refuses together with thinking: a budget that is too small or not below the maximum, fixed
 * sampling, a tool that is forced, and a round of tools that began without a thought, as after a switch of provider.
 */
export function withFittingThinking(body: Json): Json {
  const { thinking } = body
  if (isForced(body['tool_choice']) && thinksByDefault.test(textOf(body['model'])))
    return { ...withoutThinking(body), thinking: { type: 'disabled' } }
  if (!isObject(thinking) || (thinking['type'] !== 'enabled' && thinking['type'] !== 'adaptive')) return body
  const fields = budgetFields(thinking, body['max_tokens'])
  if (thinking['type'] === 'enabled' && (!fields || isForced(body['tool_choice']) || !canThink(body)))
    return withoutThinking(body)
  const { temperature, top_k: _topK, top_p: topP, ...rest } = body
  return {
    ...rest,
    ...(temperature === 1 ? { temperature } : {}),
    ...(typeof topP === 'number' && topP >= 0.95 ? { top_p: topP } : {}),
    ...fields,
  }
}

/** Models that think unless they are told not to. */
const thinksByDefault = /deepseek/i

/**
 * Switches thinking off for a call, and with it the edits of the context that need it. The service then refuses the thoughts
 * that it has signed in the round of tools under way, see https://github.com/BerriAI/litellm/pull/18929.
 */
export function withoutThinking(body: Json): Json {
  const { thinking: _thinking, context_management: management, ...others } = body
  const rest = { ...others, ...withoutSignedThoughts(others['messages']) }
  if (!isObject(management) || !Array.isArray(management['edits']))
    return management === undefined ? rest : { ...rest, context_management: management }
  const edits = (management['edits'] as readonly unknown[]).filter(
    edit => !(isObject(edit) && textOf(edit['type']).startsWith('clear_thinking')),
  )
  return edits.length > 0 ? { ...rest, context_management: { ...management, edits } } : rest
}

/** The turns without signed thoughts behind the user's last question; nothing without turns. */
function withoutSignedThoughts(messages: unknown): { readonly messages?: readonly unknown[] } {
  if (!Array.isArray(messages)) return {}
  const asked = lastQuestion(messages)
  const turns = messages.map((turn: unknown, index) => {
    if (index < asked || !isObject(turn) || !blocksOf(turn).some(isSigned)) return turn
    return { ...turn, content: blocksOf(turn).filter(block => !isSigned(block)) }
  })
  return {
    messages: turns.filter((turn, index) => turn === messages[index] || blocksOf(turn as Json).length > 0),
  }
}

function isSigned(block: Json): boolean {
  return isThought(block) && !isPlain(block)
}

/** Whether a block is thinking that nobody has signed or sealed. */
export function isPlain({ type, signature, thinking }: Json): boolean {
  return type === 'thinking' && (signature ?? '') === '' && typeof thinking === 'string'
}

/** Whether the answer may think: the model's part of a round of tools must have begun with a thought. */
export function canThink({ messages }: Json): boolean {
  if (!Array.isArray(messages)) return true
  const turns = messages.filter(isObject)
  const began = turns.slice(lastQuestion(turns) + 1).find(turn => turn['role'] === 'assistant')
  if (!began) return true
  return isThought(blocksOf(began)[0])
}

/** The index of the user's last turn that is more than the results of tools; the round of tools under way follows it. */
export function lastQuestion(turns: readonly unknown[]): number {
  return turns.findLastIndex(
    turn => isObject(turn) && turn['role'] === 'user' && !blocksOf(turn).some(isResult),
  )
}

/**
 * The budget that fits below the maximum. One that does not fit leaves half of the maximum, or enough for a long answer, to
 * the answer. Undefined if that leaves less for thinking than the service accepts: the maximum is the client's word.
 */
function budgetFields(thinking: Json, max: unknown): Json | undefined {
  const { budget_tokens: budget } = thinking
  if (typeof budget !== 'number' || typeof max !== 'number') return {}
  const least = Math.max(minBudget, budget)
  const fitting = least < max ? least : max - Math.min(answerRoom, Math.floor(max / 2))
  if (fitting === budget) return {}
  return fitting < minBudget ? undefined : { thinking: { ...thinking, budget_tokens: fitting } }
}

function isForced(choice: unknown): boolean {
  return isObject(choice) && (choice['type'] === 'any' || choice['type'] === 'tool')
}

/** The blocks of a turn; a string has none that matter here. */
export function blocksOf({ content }: Json): readonly Json[] {
  return Array.isArray(content) ? content.filter(isObject) : []
}

function isResult({ type }: Json): boolean {
  return type === 'tool_result'
}

/** Whether a block is thinking, readable or not. */
export function isThought(block: Json | undefined): boolean {
  return block?.['type'] === 'thinking' || block?.['type'] === 'redacted_thinking'
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Maximum lengths by names of models; the first that matches applies. */
const lengths: readonly (readonly [RegExp, number])[] = [
  [/claude-(?:2|instant)|claude-3-(?:opus|sonnet|haiku)/, 4096],
  [/claude-3-5/, 8192],
  // Room for thinking and for a long answer; newer models take more.
  [/claude-/, 32_000],
]

/** The maximum length for models of other makers. */
const usual = 4096

/** Room for the answer of a model that may think for as long as its budget. */
const answerRoom = 4096

/**
 * The maximum length of an answer, which Messages requires and chat completions may omit: enough to think and to answer.
 * Thinking counts towards it.
 */
export function maxTokensFor(request: ChatRequest): number {
  const length = lengths.find(([names]) => names.test(request.model))?.[1] ?? usual
  const { thinking = request['thinking'] } = nativeFieldsOf(request)
  const budget = (thinking as { readonly budget_tokens?: unknown } | null | undefined)?.budget_tokens
  return typeof budget === 'number' ? Math.max(length, budget + answerRoom) : length
}
