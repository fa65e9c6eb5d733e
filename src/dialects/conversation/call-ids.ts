import { fieldsOf, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { withItems } from './earlier-content.ts'
import { pairedIds } from './paired-ids.ts'
import type { Entry } from './paired-ids.ts'

/** The name of a tool in a call of an earlier turn that has none. */
export const unnamed = 'unnamed_tool'

/** Learns of each entry of a history, in order, and tells its id. */
type Visit = (entry: Entry) => string | undefined
/** Visits the calls and results of a body; the same body if they have their ids and names. */
type Walk = (body: Fields, visit: Visit) => Fields

/** A body in which each call and each result has an id; the same body if they had. */
function withIds(body: Fields, walk: Walk): Fields {
  const entries: Entry[] = []
  const read = walk(body, entry => {
    entries.push(entry)
    return entry.id
  })
  if (entries.every(({ by, id }) => by === 'user' || id !== undefined)) return read
  const ids = pairedIds(entries)
  let next = 0
  return walk(body, () => ids[next++])
}

/** A body of chat completions in which every call has an id and a name, and every result the id of its call. */
export function withMessageIds(body: Fields): Fields {
  return withIds(body, (given, visit) =>
    withItems(given, 'messages', message => {
      const fields = fieldsOf(message)
      switch (fields?.['role']) {
        case 'user':
          visit({ by: 'user' })
          return message
        case 'tool':
          return withFields(fields, {
            tool_call_id: visit({ by: 'result', id: idOf(fields['tool_call_id']) }),
          })
        case 'assistant':
          return withItems(fields, 'tool_calls', call => {
            const called = fieldsOf(call)
            return called
              ? withFields(withCalledNames(called), { id: visit({ by: 'call', id: idOf(called['id']) }) })
              : call
          })
        default:
          return message
      }
    }),
  )
}

/** Whether a message of a chat has all its ids and names. */
export function hasIds({ role, tool_call_id: id, tool_calls: calls }: Fields): boolean {
  if (role === 'tool') return wordsOf(id) !== undefined
  if (!Array.isArray(calls)) return true
  return calls.every(call => {
    const called = fieldsOf(call)
    return called && wordsOf(called['id']) !== undefined && withCalledNames(called) === called
  })
}

/** The same for a body of the Messages API. */
export function withBlockIds(body: Fields): Fields {
  return withIds(body, (given, visit) =>
    withItems(given, 'messages', turn => {
      const fields = fieldsOf(turn)
      if (!fields) return turn
      const read = withItems(fields, 'content', block => {
        const called = fieldsOf(block)
        if (called?.['type'] === 'tool_use')
          return withFields(withName(called), { id: visit({ by: 'call', id: idOf(called['id']) }) })
        if (called?.['type'] === 'tool_result')
          return withFields(called, { tool_use_id: visit({ by: 'result', id: idOf(called['tool_use_id']) }) })
        return block
      })
      if (userSpeaks(fields)) visit({ by: 'user' })
      return read
    }),
  )
}

/** Whether the user says something in a turn of the Messages API, which may have nothing but results. */
export function userSpeaks({ role, content }: Fields): boolean {
  return role === 'user' && !(Array.isArray(content) && content.every(isResult))
}

function isResult(block: unknown): boolean {
  return fieldsOf(block)?.['type'] === 'tool_result'
}

const namedCalls: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call'])
const namedResults: ReadonlySet<unknown> = new Set(['function_call_output', 'custom_tool_call_output'])
/** The types of the items of a tool without a name that the client runs. */
export interface ClientItems {
  readonly call: string
  readonly output: string
}

/** The same for a body of the Responses API, in which the id of an item may be the only one that a call has. */
export function withItemIds(body: Fields, clientItems: readonly ClientItems[]): Fields {
  const clientCalls = new Set<unknown>(clientItems.map(({ call }) => call))
  const clientResults = new Set<unknown>(clientItems.map(({ output }) => output))
  return withIds(body, (given, visit) =>
    withItems(given, 'input', item => {
      const fields = fieldsOf(item)
      // A search that OpenAI's servers have run has no id of a call.
      if (!fields || fields['execution'] === 'server') return item
      const { type, role, call_id: sent } = fields
      const [id, own] = [idOf(sent), idOf(fields['id'])]
      if (role === 'user') visit({ by: 'user' })
      if (namedCalls.has(type))
        return withFields(withName(fields), { call_id: visit({ by: 'call', id, own }) })
      if (clientCalls.has(type)) return withFields(fields, { call_id: visit({ by: 'call', id, own }) })
      if (namedResults.has(type)) return withFields(fields, { call_id: visit({ by: 'result', id }) })
      if (!clientResults.has(type)) return item
      const found = visit({ by: 'result', id, own })
      // The result of a local shell has the id of its call for its own, and no other.
      return sent === undefined && found === own ? item : withFields(fields, { call_id: found })
    }),
  )
}

/** A number is an id, too. */
function idOf(given: unknown): string | undefined {
  return typeof given === 'number' && Number.isFinite(given) ? String(given) : wordsOf(given)
}

function withName(called: Fields): Fields {
  return withFields(called, { name: wordsOf(called['name']) ?? unnamed })
}

/** A call of a chat in which what it calls has a name, if it says anything about it. */
function withCalledNames(call: Fields): Fields {
  const [called, custom] = [fieldsOf(call['function']), fieldsOf(call['custom'])]
  return withFields(call, {
    ...(called ? { function: withName(called) } : {}),
    ...(custom ? { custom: withName(custom) } : {}),
  })
}
