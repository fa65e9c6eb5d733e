import type { Chunk, Completion } from '../../contract/index.ts'
import type { Fields } from './fields.ts'
import { isKnownFinish } from './finish.ts'
import { endOfSeconds, readTier } from './head.ts'
import type { Expected } from './head.ts'
import { maxCalls } from './tool-calls.ts'
import { maxCount } from './usage.ts'

// Nearly all answers are texts, and nearly all streams of calls pieces of arguments, in which nothing needs correction. They are
// recognized here, quickly and without a copy; the readers of this folder decide about all others. Both must agree: the readers return
// every plain answer unchanged, but for the role of a choice that begins without it, and `errorIn` finds no error in one.

/** Whether a whole answer is valid as it is. */
export function isPlainCompletion(value: unknown, { choices: asked }: Expected): value is Completion {
  if (!isPlainAnswer(value, 'chat.completion')) return false
  const { choices, usage } = value
  return (
    isListUpTo(choices, asked) &&
    choices.length > 0 &&
    choices.every((choice, position) => isPlainChoice(choice) && choice['index'] === position) &&
    isPlainUsage(usage)
  )
}

/** Whether a chunk of a stream is valid as it is. */
export function isPlainChunk(value: unknown, { choices: asked }: Expected): value is Chunk {
  if (!isPlainAnswer(value, 'chat.completion.chunk')) return false
  const { choices, usage } = value
  const isEmpty = usage === undefined || usage === null
  return (
    isListUpTo(choices, asked) &&
    (choices.length > 0 || !isEmpty) &&
    choices.every(choice => isPlainPiece(choice, asked)) &&
    (isEmpty || isPlainUsage(usage))
  )
}

/** Whether an object has the fields that name an answer, and is not an error. */
function isPlainAnswer(value: unknown, object: string): value is Fields {
  if (!isFields(value)) return false
  const { id, created, model } = value
  return (
    value['object'] === object &&
    typeof id === 'string' &&
    id !== '' &&
    typeof model === 'string' &&
    model !== '' &&
    Number.isInteger(created) &&
    (created as number) >= 1 &&
    (created as number) < endOfSeconds &&
    value['error'] === undefined &&
    value['x_groq'] === undefined &&
    value['base_resp'] === undefined &&
    readTier(value['service_tier']) === value['service_tier'] &&
    value['type'] === undefined
  )
}

function isPlainChoice(choice: unknown): choice is Fields {
  if (!isFields(choice) || choice['logprobs'] != null || choice['error'] !== undefined) return false
  const { message, finish_reason: finish } = choice
  // Without calls, an answer that ends for them is corrected.
  if (!isKnownFinish(finish) || finish === 'tool_calls') return false
  if (!isFields(message) || message['role'] !== 'assistant') return false
  return typeof message['content'] === 'string' && message['content'] !== '' && saysOnlyText(message)
}

function isPlainPiece(choice: unknown, asked: number): boolean {
  if (!isFields(choice) || choice['logprobs'] != null || choice['usage'] !== undefined) return false
  const { index, delta, finish_reason: finish, message, text, finishReason: other, error } = choice
  return (
    error === undefined &&
    message === undefined &&
    text === undefined &&
    other === undefined &&
    Number.isInteger(index) &&
    (index as number) >= 0 &&
    (index as number) < asked &&
    (finish == null || isKnownFinish(finish)) &&
    isFields(delta) &&
    (delta['tool_calls'] == null ? saysOnlyText(delta) : saysOnlyCalls(delta))
  )
}

/** Whether a delta consists of pieces of calls of functions, as nearly every piece of an agent's stream does. */
function saysOnlyCalls(delta: Fields): boolean {
  for (const field in delta) {
    const value = delta[field]
    if (field === 'tool_calls') {
      if (!Array.isArray(value) || value.length === 0 || !value.every(isPlainCallPiece)) return false
    } else if (field === 'role') {
      if (value !== 'assistant') return false
    } else if (value !== null) return false
  }
  return true
}

function isPlainCallPiece(piece: unknown): boolean {
  if (!isFields(piece)) return false
  for (const field in piece) {
    const value = piece[field]
    switch (field) {
      case 'index':
        if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= maxCalls) return false
        break
      case 'id':
        if (typeof value !== 'string' || value === '') return false
        break
      case 'type':
        if (value !== 'function') return false
        break
      case 'function':
        if (!isPlainFunction(value)) return false
        break
      default:
        return false
    }
  }
  return piece['index'] !== undefined && piece['function'] !== undefined
}

function isPlainFunction(called: unknown): boolean {
  if (!isFields(called)) return false
  for (const field in called) {
    const value = called[field]
    if (typeof value !== 'string') return false
    if (field === 'name' ? value === '' : field !== 'arguments') return false
  }
  return true
}

/** Whether a message or a delta consists of texts. Fields that are null have no effect. */
function saysOnlyText(message: Fields): boolean {
  for (const field in message) {
    const value = message[field]
    switch (field) {
      case 'role':
        if (value !== 'assistant') return false
        break
      case 'content':
      case 'refusal':
      case 'reasoning':
      case 'reasoning_content':
        if (typeof value !== 'string' && value !== null) return false
        break
      case 'annotations':
        if (!isListUpTo(value, 0)) return false
        break
      default:
        if (value !== null || field === 'tool_calls') return false
    }
  }
  return true
}

/** Whether usage has the usual numbers, and no others that must be read. */
function isPlainUsage(usage: unknown): boolean {
  if (!isFields(usage)) return false
  for (const field in usage) {
    switch (field) {
      case 'prompt_tokens':
      case 'completion_tokens':
      case 'total_tokens':
        if (!isCount(usage[field])) return false
        break
      case 'prompt_tokens_details':
      case 'completion_tokens_details':
        if (!areCounts(usage[field])) return false
        break
      default:
        return false
    }
  }
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage
  return (total as number) <= (prompt as number) + (completion as number)
}

function areCounts(details: unknown): boolean {
  if (!isFields(details)) return false
  for (const field in details) if (!isCount(details[field])) return false
  return true
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxCount
}

function isListUpTo(value: unknown, length: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= length
}

function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.hasOwn(value, '__proto__')
  )
}
