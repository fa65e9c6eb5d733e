import type { UpstreamErrorBody } from '../../../contract/index.ts'
import { saysUnknown } from '../../fields/refused-field.ts'
import type { ThinkingForm, ThinkingForms } from '../../translation.ts'
import { isObject, withFittingThinking, withoutThinking } from './thinking.ts'

type Body = Readonly<Record<string, unknown>>

/** How a body of Messages asks for thinking, see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking. */
export const thinkingForms: ThinkingForms = { afterRefusal, inForm }

function afterRefusal(
  { message, param }: UpstreamErrorBody,
  body: Body,
  before: ThinkingForm | undefined,
): ThinkingForm | undefined {
  const { thinking } = body
  if (!isObject(thinking) || before === 'none') return undefined
  const { type } = thinking
  if (type !== 'enabled' && type !== 'adaptive') return undefined
  const words = `${param ?? ''}: ${message}`.replaceAll(condition, '')
  if (!/\bthinking\b/i.test(words) || !(saysUnknown(words) || wrongForm.test(words))) return undefined
  if (isAboutOther(`${param ?? ''}: ${message}`, body)) return undefined
  if (type === 'adaptive' && 'budget_tokens' in thinking && /\bbudget_tokens\b/.test(words)) return 'adaptive'
  if (innerField.test(words) || (/\bbudget_tokens\b/.test(words) && !saysUnknown(words))) return undefined
  if (before !== undefined || !new RegExp(`\\b${type}\\b`, 'i').test(words)) return 'none'
  return type === 'adaptive' ? 'enabled' : 'adaptive'
}

/** The circumstances in which a service refuses something, such as "when thinking is enabled". */
const condition = /\b(?:when|while|with|if|unless|during)\b[^.;]*/gi

/** Words of validators for a form that they do not know. */
const wrongForm = /\binput tag\b|\bdoes not match any\b|\binput should be\b|\binvalid (?:enum )?value\b/i

/** A field of thinking other than its form: a client sent a wrong value, or the service does not know it. */
const innerField = /\bthinking\.(?:(?:enabled|adaptive)\.(?!type\b)\w|display\b|block_binding\b)/

/** Whether an error is about a block of thinking in a message, or about another field. */
function isAboutOther(words: string, body: Body): boolean {
  if (/\b(?:messages|content)[.[]/.test(words)) return true
  const others = Object.keys(body).filter(field => field.includes('_') || field === 'temperature')
  return others.some(field => field !== 'output_config' && words.includes(field))
}

function inForm(body: Body, form: ThinkingForm): Body {
  const { thinking } = body
  if (!isObject(thinking) || (thinking['type'] !== 'enabled' && thinking['type'] !== 'adaptive')) return body
  if (form === 'none') return withoutThinking(body)
  const { budget_tokens: budget, ...rest } = thinking
  if (thinking['type'] === form && (form === 'enabled' || budget === undefined)) return body
  if (form === 'enabled') {
    const fixed = { ...rest, type: form, budget_tokens: budgetFor(body['output_config']) }
    return withFittingThinking({ ...body, thinking: fixed })
  }
  const free = { ...body, thinking: { ...rest, type: form } }
  return thinking['type'] === form ? free : withEffort(free, budget)
}

/** Budgets for efforts, in tokens, matching the efforts for budgets in translated requests. */
const budgets: ReadonlyMap<unknown, number> = new Map([
  ['low', 2048],
  ['medium', 8192],
  ['xhigh', 32_000],
  ['max', 32_000],
])

/** The budget of a model that would have thought as long as its effort allows, which is high unless it is set. */
function budgetFor(output: unknown): number {
  return budgets.get(isObject(output) ? output['effort'] : undefined) ?? 16_384
}

/** The body with an effort for a budget below that of a high effort, unless the client has set one. */
function withEffort(body: Body, budget: unknown): Body {
  const output = isObject(body['output_config']) ? body['output_config'] : {}
  if (typeof budget !== 'number' || budget >= 16_384 || output['effort'] != null) return body
  return { ...body, output_config: { ...output, effort: budget < 4096 ? 'low' : 'medium' } }
}
