import { restoreNames } from '../spelling/function-names.ts'
import type { Changes } from './changed-choices.ts'

/** Gives functions the names back that the client gave them. */
export function restoredNames(names: ReadonlyMap<string, string>): Changes {
  return {
    whole: choice => {
      const calls = choice.message?.tool_calls
      return Array.isArray(calls)
        ? { ...choice, message: { ...choice.message, tool_calls: restoreNames(calls, names) } }
        : choice
    },
    pieces: () => ({
      change: choice => {
        const calls = choice.delta?.tool_calls
        return Array.isArray(calls)
          ? { ...choice, delta: { ...choice.delta, tool_calls: restoreNames(calls, names) } }
          : choice
      },
    }),
  }
}
