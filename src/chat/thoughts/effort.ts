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

type Place = readonly string[]

/** Where Gemini takes settings of thinking: in `extra_body`, whose fields the server merges into those of the request. */
const ofGemini: readonly Place[] = [
  ['google', 'thinking_config'],
  ['extra_body', 'google', 'thinking_config'],
]

/** The fields with an effort, and the nearest values of those that lack some. */
const named: readonly { readonly place: Place; readonly nearest?: Readonly<Record<string, string>> }[] = [
  { place: ['reasoning_effort'] },
  { place: ['reasoning', 'effort'] },
  { place: ['chat_template_kwargs', 'reasoning_effort'] },
  { place: ['output_config', 'effort'], nearest: { none: 'low', minimal: 'low' } },
  ...ofGemini.map(config => ({
    place: [...config, 'thinking_level'],
    nearest: { none: 'minimal', xhigh: 'high', max: 'high' },
  })),
]
/** The fields with a budget of thinking in tokens. */
const counted: readonly Place[] = [
  ['reasoning', 'max_tokens'],
  ['thinking', 'budget_tokens'],
  ['thinking_budget'],
  ['chat_template_kwargs', 'thinking_budget'],
  ...ofGemini.map(config => [...config, 'thinking_budget']),
]
/** The fields that are true or false. */
const switches: readonly Place[] = [
  ['reasoning', 'enabled'],
  ['enable_thinking'],
  ['chat_template_kwargs', 'enable_thinking'],
  ['chat_template_kwargs', 'thinking'],
]

/** Fields that ask a model to think, or to show its thoughts, if they are true. */
const requests = ['think', 'thinking', 'include_reasoning']

/** The fields of a request that may set its thinking. */
const fieldNames = [
  ...new Set([
    ...[...named.map(({ place }) => place), ...counted, ...switches].map(([name = '']) => name),
    ...requests,
  ]),
]

/** Whether a request asks its model to think: undefined if it leaves that to the model. */
export function asksToThink(request: ChatRequest): boolean | undefined {
  // Most requests have none of the fields, and are not read further.
  const isNative = nativeFieldsOf(request).thinking != null
  if (!isNative && fieldNames.every(name => request[name] == null)) return undefined
  const effort = effortOf(request)
  if (effort !== undefined) return effort !== 'none'
  if (request['think'] === false || request['thinking'] === false) return false
  return setsEffort(request) || mentionsThoughts(request) ? true : undefined
}

/** Whether a request is about thoughts without saying how many, as with `reasoning: { summary: 'auto' }`. */
function mentionsThoughts(request: ChatRequest): boolean {
  const settings = Object.values(fieldsOf(request['reasoning']) ?? {})
  return settings.some(value => value != null) || requests.some(name => request[name] === true)
}

/**
 * The reasoning effort that a request asks for: by name, as a budget of tokens, or by a switch that is off. Undefined if it
 * leaves the effort to the model, as a budget of -1 does (Gemini).
 */
export function effortOf(request: ChatRequest): string | undefined {
  if (isOff(request)) return 'none'
  const name = named.map(({ place }) => valueAt(request, place)).find(value => typeof value === 'string')
  if (name !== undefined) return name
  const settings = withNativeThinking(request)
  const budget = counted.map(place => valueAt(settings, place)).find(isBudget)
  if (budget !== undefined) return effortOfBudget(budget)
  return isOff(settings) ? 'none' : undefined
}

/** Whether a request says how much the model is to think, in any of the ways that services know. */
export function setsEffort(request: ChatRequest): boolean {
  if (effortOf(request) !== undefined) return true
  const settings = withNativeThinking(request)
  return [...switches, ['thinking', 'type']].some(place => valueAt(settings, place) != null)
}

/**
 * The request with this effort, in the words in which it asks for one; a service may know no others. Without any, as
 * `reasoning_effort`. Its switches agree with the effort.
 */
export function withEffort(request: ChatRequest, effort: string): ChatRequest {
  const thinks = effort !== 'none'
  const budget = budgets[effort] ?? highBudget
  let changed: ChatRequest = request
  const set = (place: Place, value: unknown) => {
    changed = { ...changed, ...withValueAt(changed, place, value) }
  }
  if (request['reasoning'] != null) {
    const { max_tokens: _tokens, enabled: _enabled, ...own } = fieldsOf(request['reasoning']) ?? {}
    set(['reasoning'], { ...own, effort })
  }
  const names = named.filter(({ place }) => valueAt(changed, place) != null)
  for (const { place, nearest } of names) set(place, nearest?.[effort] ?? effort)
  const counts = counted.filter(place => typeof valueAt(changed, place) === 'number')
  for (const place of counts) set(place, budget)
  const switched = switches.filter(place => typeof valueAt(changed, place) === 'boolean')
  for (const place of switched) set(place, thinks)
  const type = valueAt(changed, ['thinking', 'type'])
  if (type != null && !thinks) set(['thinking'], { type: 'disabled' })
  // Models think by default, and services differ in the word for it.
  if (type === 'disabled' && thinks) {
    const { thinking: _thinking, ...others } = changed
    changed = others
  }
  const isSaid = names.length + counts.length > 0 || (!thinks && (switched.length > 0 || type != null))
  return isSaid ? changed : { ...changed, reasoning_effort: effort }
}

/** Whether a switch is off. */
function isOff(settings: Fields): boolean {
  const isDisabled = valueAt(settings, ['thinking', 'type']) === 'disabled'
  return isDisabled || switches.some(place => valueAt(settings, place) === false)
}

function isBudget(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

/** The request with settings of thinking as a Messages client wrote them. */
function withNativeThinking(request: ChatRequest): Fields {
  const { thinking } = nativeFieldsOf(request)
  return thinking == null ? request : { ...request, thinking }
}

function valueAt(fields: Fields, place: Place): unknown {
  let value: unknown = fields
  for (const name of place) value = fieldsOf(value)?.[name]
  return value
}

function withValueAt(fields: Fields, [name = '', ...rest]: Place, value: unknown): Fields {
  if (rest.length === 0) return { ...fields, [name]: value }
  return { ...fields, [name]: withValueAt(fieldsOf(fields[name]) ?? {}, rest, value) }
}
