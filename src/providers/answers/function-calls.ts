import type { FinishReason, ToolCall } from '../../contract/index.ts'
import type { Changes } from './changed-choices.ts'

/**
 * Writes the first tool call of an answer as the `function_call` of chat's first years, for a client that offered
 * `functions`. There is no place for a second one; the model was told to make one at a time.
 */
export const functionCalls: Changes = {
  whole: choice => {
    const calls = choice.message?.tool_calls
    if (!Array.isArray(calls)) return choice
    const { tool_calls: _calls, ...message } = choice.message
    const [first] = calls as readonly ToolCall[]
    return {
      ...choice,
      message: { ...message, ...callField(first) },
      finish_reason: legacyReason(choice.finish_reason),
    }
  },
  pieces: () => ({
    change: choice => {
      const { delta, finish_reason: finish = null } = choice
      const { tool_calls: calls, ...rest } = delta ?? {}
      const first = calls?.find(call => (call.index ?? 0) === 0)
      return { ...choice, delta: { ...rest, ...callField(first) }, finish_reason: legacyReason(finish) }
    },
  }),
}

function callField(call: ToolCall | undefined): { readonly function_call?: object } {
  return call?.function ? { function_call: call.function } : {}
}

function legacyReason(finish: FinishReason): FinishReason {
  return finish === 'tool_calls' ? 'function_call' : finish
}
