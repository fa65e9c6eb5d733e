import type { ChatRequest } from '../../contract/index.ts'
import { nativeFieldsOf } from '../notes/native-form.ts'
import { fieldsOf } from '../read/fields.ts'
import type { Fields } from '../read/fields.ts'

/** Tokens of thinking in place of an effort, for services that take a budget. */
const budgets: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 2048, medium: 8192 }
const highBudget = 16_384

/** The effort that matches a budget of thinking in tokens. */
export function effortOfBudget(budget: number): string {
  if (budget <= 0) return 'none'
  if (budget < 4096) return 'low'
  return budget < highBudget ? 'medium' : 'high'
}

/**
 * The reasoning effort that a request asks for: in `reasoning_effort`, in OpenRouter's `reasoning`, as a budget of tokens, or by
 * a switch that is off. Undefined if it leaves the effort to the model.
 */
export function effortOf(request: ChatRequest): string | undefined {
  const { reasoning, thinking, template } = settingsOf(request)
  const named = request['reasoning_effort'] ?? reasoning['effort']
  if (typeof named === 'string') return named
  const budget = [reasoning['max_tokens'], thinking['budget_tokens'], request['thinking_budget']].find(
    tokens => typeof tokens === 'number',
  )
  if (budget !== undefined) return effortOfBudget(budget)
  const isOff =
    reasoning['enabled'] === false ||
    thinking['type'] === 'disabled' ||
    request['enable_thinking'] === false ||
    template['enable_thinking'] === false ||
    template['thinking'] === false
  return isOff ? 'none' : undefined
}

/** Whether a request says how much the model is to think, in any of the ways that services know. */
export function setsEffort(request: ChatRequest): boolean {
  const { reasoning, thinking, template } = settingsOf(request)
  const switches = [
    reasoning['enabled'],
    thinking['type'],
    request['enable_thinking'],
    template['enable_thinking'],
    template['thinking'],
  ]
  return effortOf(request) !== undefined || switches.some(value => value != null)
}

/**
 * The request with this effort, in the words in which it asks for one; a service may know no others. Without any, as
 * `reasoning_effort`.
 */
export function withEffort(request: ChatRequest, effort: string): ChatRequest {
  const { reasoning, thinking } = settingsOf(request)
  const budget = budgets[effort] ?? highBudget
  const { max_tokens: _tokens, enabled: _enabled, ...own } = reasoning
  const changed = {
    ...(request['reasoning'] == null ? {} : { reasoning: { ...own, effort } }),
    ...(request['thinking'] == null || typeof thinking['budget_tokens'] !== 'number'
      ? {}
      : { thinking: budget === 0 ? { type: 'disabled' } : { ...thinking, budget_tokens: budget } }),
    ...(request['thinking_budget'] == null ? {} : { thinking_budget: budget }),
  }
  const isNamed = request['reasoning_effort'] != null || Object.keys(changed).length === 0
  return { ...request, ...changed, ...(isNamed ? { reasoning_effort: effort } : {}) }
}

/** The objects in which services take settings of thinking; those of a Messages client as it wrote them. */
function settingsOf(request: ChatRequest): Readonly<Record<'reasoning' | 'thinking' | 'template', Fields>> {
  return {
    reasoning: fieldsOf(request['reasoning']) ?? {},
    thinking: fieldsOf(nativeFieldsOf(request)['thinking'] ?? request['thinking']) ?? {},
    template: fieldsOf(request['chat_template_kwargs']) ?? {},
  }
}
