import type { Message, ToolCall } from '../../../contract/index.ts'
import { joinContents, partsOf, spokenParts } from '../contents.ts'

/** The result of a call whose own is missing: an agent was interrupted. */
const noResult = 'No result: the call was interrupted.'

/**
 * Puts the results of tools directly after the turn that called them, one for each call. A call without a result gets
 * one that says so, and a result without a call becomes a message of the user, as does one that comes after the model
 * has answered the user. Text of the model between a call and its result belongs to the turn of the call.
 */
export function pairResults(messages: readonly Message[]): readonly Message[] {
  if (isPaired(messages)) return messages
  const results = resultsByCall(messages)
  const placed = new Set([...results.values()].flat())
  const paired: Message[] = []
  let caller: Caller | undefined
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!placed.has(index)) paired.push(orphan(message))
      continue
    }
    const calls = callsOf(message)
    const found = results.get(index) ?? []
    if (caller && caller.last > index && message.role === 'assistant' && calls.length === 0) {
      paired[caller.at] = joinTurns(paired[caller.at]!, message)
      continue
    }
    if (calls.length > 0)
      caller = { at: paired.length, last: found.reduce((most, at) => Math.max(most, at), caller?.last ?? -1) }
    else caller = undefined
    paired.push(message)
    for (const [at, call] of calls.entries()) {
      const result = messages[found[at] ?? -1]
      paired.push(result ?? { role: 'tool', tool_call_id: call.id, content: noResult })
    }
  }
  return paired
}

/** The latest turn with calls in the new conversation, and the position of the last result so far in the old one. */
interface Caller {
  readonly at: number
  readonly last: number
}

function joinTurns(caller: Message, said: Message): Message {
  const parts = [...partsOf(caller.content), ...spokenParts(said)]
  return parts.length === 0 ? caller : { ...caller, content: joinContents(parts) }
}

/** The calls of an assistant message. */
export function callsOf({ role, tool_calls: calls }: Message): readonly ToolCall[] {
  return role === 'assistant' ? (calls ?? []) : []
}

/** Whether each turn with calls is followed by exactly one result for each. */
function isPaired(messages: readonly Message[]): boolean {
  let open = new Set<unknown>()
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message['tool_call_id'])) return false
      continue
    }
    if (open.size > 0) return false
    const calls = callsOf(message)
    if (calls.length === 0) continue
    open = new Set(calls.map(({ id }) => id))
    if (open.size < calls.length) return false
  }
  return open.size === 0
}

/** The positions of the results of each turn's calls, by the position of the turn; -1 for a call without one. */
function resultsByCall(messages: readonly Message[]): Map<number, number[]> {
  const waiting = new Map<unknown, number[]>()
  for (const [index, { role, tool_call_id: id }] of messages.entries()) {
    if (role === 'tool') waiting.set(id, [...(waiting.get(id) ?? []), index])
  }
  const ends = nextAnswers(messages)
  const found = new Map<number, number[]>()
  for (const [index, message] of messages.entries()) {
    const calls = callsOf(message)
    if (calls.length === 0) continue
    found.set(
      index,
      calls.map(({ id }) => takeBehind(waiting.get(id), index, ends[index] ?? messages.length)),
    )
  }
  return found
}

/** Takes the first of the positions that follows a call and is not too late for it. */
function takeBehind(positions: number[] | undefined, index: number, end: number): number {
  const at = positions?.findIndex(position => position > index && position < end) ?? -1
  return at < 0 ? -1 : (positions?.splice(at, 1)[0] ?? -1)
}

/** For each position, that of the next turn in which the model answers the user, not a tool. */
function nextAnswers(messages: readonly Message[]): number[] {
  const next: number[] = []
  let answer = messages.length
  let other = messages.length
  for (let index = messages.length - 1; index >= 0; index--) {
    next[index] = answer
    const { role } = messages[index]!
    if (role === 'assistant') other = index
    else if (role !== 'tool') answer = other
  }
  return next
}

function orphan({ content }: Message): Message {
  const parts = [{ type: 'text', text: 'Result of an earlier tool call:' }, ...partsOf(content)]
  return { role: 'user', content: joinContents(parts) }
}
