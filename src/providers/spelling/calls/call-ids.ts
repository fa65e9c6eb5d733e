import { textOf } from '../../../chat/read/fields.ts'
import { hash } from 'node:crypto'
import type { Message } from '../../../contract/index.ts'
import { callsOf } from './tool-turns.ts'

/** The form that a service requires of the ids of tool calls. */
export interface IdRule {
  readonly pattern: RegExp
  /** Makes an id that matches the pattern, the same for the same text. */
  readonly make: (text: string) => string
}

/** The rules by name. */
export const idRules = {
  /** OpenAI's chats take 40 characters. */
  short: { pattern: /^.{1,40}$/s, make: text => `call_${digest(text, 24)}` },
  /** Mistral takes exactly 9 letters or digits. */
  nine: { pattern: /^[a-zA-Z0-9]{9}$/, make: text => digest(text, 9) },
  anthropic: { pattern: /^[\w-]{1,64}$/, make: text => `toolu_${digest(text, 24)}` },
  responses: { pattern: /^.{1,64}$/s, make: text => `call_${digest(text, 24)}` },
} as const satisfies Record<string, IdRule>

/**
 * Renames the ids of calls that a service refuses: those of another service, and those that are used twice, as by
 * services that count from 0 in every answer. Expects each turn's results right behind it.
 */
export function withFittingIds(messages: readonly Message[], rule: IdRule): readonly Message[] {
  const used = new Set<string>()
  let renames: Turn | undefined
  let result: Message[] | undefined
  for (const [index, message] of messages.entries()) {
    const calls = callsOf(message)
    let changed = message
    if (calls.length > 0) {
      renames = turnOf(calls, rule, used)
      if (renames.changed) {
        const { ids } = renames
        changed = { ...message, tool_calls: calls.map((call, at) => ({ ...call, id: ids[at] ?? '' })) }
      }
    } else if (message.role === 'tool' && renames?.changed) {
      changed = { ...message, tool_call_id: renames.take(message['tool_call_id']) }
    }
    if (changed !== message) result ??= messages.slice(0, index)
    result?.push(changed)
  }
  return result ?? messages
}

interface Turn {
  readonly ids: readonly string[]
  readonly changed: boolean
  /** The new id for a result, each once, in the order of the calls. */
  readonly take: (id: unknown) => string
}

function turnOf(calls: readonly { readonly id?: string }[], rule: IdRule, used: Set<string>): Turn {
  const ids = calls.map(({ id }) => fittingId(id ?? '', rule, used))
  const open = calls.map(({ id }, at) => ({ old: id, fresh: ids[at] ?? '' }))
  return {
    ids,
    changed: calls.some(({ id }, at) => id !== ids[at]),
    take: id => {
      const at = open.findIndex(({ old }) => old === id)
      return (at < 0 ? undefined : open.splice(at, 1)[0]?.fresh) ?? textOf(id)
    },
  }
}

function fittingId(id: string, rule: IdRule, used: Set<string>): string {
  let fitting = rule.pattern.test(id) ? id : rule.make(id)
  for (let count = 1; used.has(fitting); count++) fitting = rule.make(`${id}#${count}`)
  used.add(fitting)
  return fitting
}

function digest(text: string, length: number): string {
  return hash('sha256', text, 'hex').slice(0, length)
}
