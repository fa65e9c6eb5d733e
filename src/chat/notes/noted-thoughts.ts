import type { Message, ToolCall } from '../../contract/index.ts'

/** Thoughts that belong to a message with tool calls, and that its client did not send back. */
export interface NotedThoughts {
  /** Fields of the message, such as `thinking_blocks`. */
  readonly message: Readonly<Record<string, unknown>>
  /** Fields of its calls, such as `extra_content`, by id. */
  readonly calls: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

const notes = new WeakMap<object, NotedThoughts>()

/**
 * Notes the thoughts of a message for a service that wants them back. The message itself stays as its client sent it, so that
 * its bytes can be relayed to any other service. They belong to this very object: a step that replaces it leaves them behind.
 */
export function noteThoughts(message: object, thoughts: NotedThoughts): void {
  notes.set(message, thoughts)
}

/**
 * The messages with their noted thoughts, as far as they lack them and `isWanted` for a name of a field; the same list if they
 * lack none.
 */
export function withNotedThoughts(
  messages: readonly Message[],
  isWanted: (field: string) => boolean = () => true,
): readonly Message[] {
  if (!messages.some(message => notes.has(message))) return messages
  return messages.map(message => {
    const noted = notes.get(message)
    if (!noted) return message
    const { tool_calls: calls } = message
    return {
      ...withMissing(message, noted.message, isWanted),
      ...(calls && {
        tool_calls: calls.map(call => withMissing(call, noted.calls.get(call.id ?? ''), isWanted)),
      }),
    }
  })
}

/** A field that is null or empty is missing, too. */
function withMissing<T extends Message | ToolCall>(
  owner: T,
  fields: NotedThoughts['message'] = {},
  isWanted: (field: string) => boolean,
): T {
  const missing = Object.entries(fields).filter(
    ([name]) => isWanted(name) && (owner[name] == null || owner[name] === ''),
  )
  return missing.length > 0 ? { ...owner, ...(Object.fromEntries(missing) as object) } : owner
}
