import type { Chunk, Completion } from '../contract/index.ts'
import { createEventTranslator } from './event-translator.ts'
import { chatEvent } from './translation.ts'
import type { StreamTranslator, Translation } from './translation.ts'
import { restoreNames } from './spelling/function-names.ts'

type Names = ReadonlyMap<string, string>
/** How answers are read. */
export type Answers = Pick<Translation, 'completion' | 'events'>

/** Reads answers in which functions have other names than the client gave them; `base` translates them to chats first. */
export function withRestoredNames(base: Answers | undefined, names: Names): Answers {
  return {
    completion: answer => restoreWhole(base ? base.completion(answer) : answer, names),
    events: options => {
      const first = base?.events(options)
      const restore = createRestorer(names, options?.maxEventLength)
      return text => restore(first ? first(text) : text)
    },
  }
}

function createRestorer(names: Names, maxEventLength: number | undefined): StreamTranslator {
  const translate = (event: Partial<Chunk>): string => {
    if (!Array.isArray(event.choices)) return chatEvent(event)
    const choices = event.choices.map(choice => {
      const calls = choice?.delta?.tool_calls
      return Array.isArray(calls)
        ? { ...choice, delta: { ...choice.delta, tool_calls: restoreNames(calls, names) } }
        : choice
    })
    return chatEvent({ ...event, choices })
  }
  return createEventTranslator({ read: event => event, translate }, { maxEventLength })
}

function restoreWhole(answer: unknown, names: Names): unknown {
  const { choices } = (answer ?? {}) as Partial<Completion>
  if (!Array.isArray(choices)) return answer
  const restored = choices.map(choice => {
    const calls = choice?.message?.tool_calls
    return Array.isArray(calls)
      ? { ...choice, message: { ...choice.message, tool_calls: restoreNames(calls, names) } }
      : choice
  })
  return { ...(answer as object), choices: restored }
}
