import { given, isObject, objectsOf, violation } from './shape.ts'
import type { Json } from './shape.ts'

/** One turn of a conversation in the chat format, with its place in `messages`. */
export type Turn = readonly [number, Json]

/**
 * Checks calls and results of a conversation in the chat format: the results of a turn follow it directly, one for each
 * call and in any order, and ids are unique within a turn. https://github.com/openai/codex/issues/7051,
 * https://github.com/aliasrobotics/cai/issues/111, https://github.com/microsoft/promptflow/pull/3130
 */
export function pairingViolations(turns: readonly Turn[]): string[] {
  const found: string[] = []
  let open = new Set<string>()
  let caller = -1
  const close = () => {
    if (open.size > 0)
      found.push(violation(['messages', caller], `no tool message answers ${[...open].join(', ')}`))
    open = new Set()
  }
  for (const [index, message] of turns) {
    if (message['role'] === 'tool') {
      const id = String(message['tool_call_id'])
      if (!open.delete(id))
        found.push(violation(['messages', index], `no open call of the turn before has the id ${id}`))
      continue
    }
    close()
    caller = index
    const ids = callsOf(message).map(([, call]) => String(call['id']))
    open = new Set(ids)
    if (open.size < ids.length)
      found.push(violation(['messages', index, 'tool_calls'], 'two calls of a turn have the same id'))
  }
  close()
  return found
}

/** The calls of a turn. */
export function callsOf(message: Json): (readonly [number, Json])[] {
  return message['role'] === 'assistant' ? objectsOf(message['tool_calls']) : []
}

/** The function that a call names. */
export function functionOf(call: Json): Json {
  return isObject(call['function']) ? call['function'] : {}
}

/** Lists fields that need tools when the request offers none. https://github.com/Upsonic/Upsonic/issues/323 */
export function toolsNeeded(body: Json, fields: readonly string[]): string[] {
  if (given(body['tools'])) return []
  return fields
    .filter(field => given(body[field]))
    .map(field => violation([field], 'only allowed where tools are given'))
}

/** The positions of turns that repeat the role of the turn before. */
export function repeatedRoles(turns: readonly Turn[], roles: readonly string[]): number[] {
  return turns.flatMap(([index, { role }], at) =>
    at > 0 && roles.includes(String(role)) && turns[at - 1]![1]['role'] === role ? [index] : [],
  )
}
