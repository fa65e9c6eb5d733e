import { fieldsOf, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { withItems } from './earlier-content.ts'

/** The name of a tool in a call of an earlier turn that has none. */
export const unnamed = 'unnamed_tool'

/**
 * Gives ids to calls in a history that have none, and to their results, which belong to the calls of the same round in their
 * order. The same history always gets the same ids.
 */
class CallIds {
  /** The calls of this round without a result. */
  readonly #open = new Set<string>()
  #isOver = false
  #count = 0

  /** The next call begins another round. */
  endRound(): void {
    this.#isOver = true
  }

  ofCall(given: unknown): string {
    if (this.#isOver) this.#open.clear()
    this.#isOver = false
    const id = wordsOf(given) ?? this.#newId()
    this.#open.add(id)
    return id
  }

  ofResult(given: unknown): string {
    this.#isOver = true
    const id = wordsOf(given) ?? this.#open.values().next().value ?? this.#newId()
    this.#open.delete(id)
    return id
  }

  #newId(): string {
    return `call_unnamed_${++this.#count}`
  }
}

/** A body of chat completions in which every call and every result has an id; the same body if it had. */
export function withMessageIds(body: Fields): Fields {
  const ids = new CallIds()
  return withItems(body, 'messages', message => {
    const fields = fieldsOf(message)
    if (fields?.['role'] === 'tool')
      return withFields(fields, { tool_call_id: ids.ofResult(fields['tool_call_id']) })
    if (fields?.['role'] !== 'assistant') return message
    ids.endRound()
    return withItems(fields, 'tool_calls', call => {
      const called = fieldsOf(call)
      return called ? withFields(called, { id: ids.ofCall(called['id']) }) : call
    })
  })
}

/** The same for a body of the Messages API. */
export function withBlockIds(body: Fields): Fields {
  const ids = new CallIds()
  return withItems(body, 'messages', turn => {
    const fields = fieldsOf(turn)
    if (!fields) return turn
    if (fields['role'] === 'assistant') ids.endRound()
    return withItems(fields, 'content', block => {
      const { type, ...given } = fieldsOf(block) ?? {}
      if (type === 'tool_use') return withFields(block as Fields, { id: ids.ofCall(given['id']) })
      if (type === 'tool_result')
        return withFields(block as Fields, { tool_use_id: ids.ofResult(given['tool_use_id']) })
      return block
    })
  })
}

const calls = /^(?:function|custom_tool|shell|apply_patch)_call$/
const results = /^(?:function|custom_tool|shell|apply_patch)_call_output$/

/** The same for a body of the Responses API, in which the id of an item may be the only one that a call has. */
export function withItemIds(body: Fields): Fields {
  const ids = new CallIds()
  return withItems(body, 'input', item => {
    const fields = fieldsOf(item)
    const type = String(fields?.['type'])
    if (fields?.['role'] === 'user') ids.endRound()
    if (fields && calls.test(type))
      return withFields(fields, { call_id: ids.ofCall(wordsOf(fields['call_id']) ?? fields['id']) })
    if (fields && results.test(type)) return withFields(fields, { call_id: ids.ofResult(fields['call_id']) })
    return item
  })
}
