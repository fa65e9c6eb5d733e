import type { Chunk, ChunkChoice, Completion, Choice } from '../../contract/index.ts'
import { createEventTranslator } from '../event-translator.ts'
import { chatEvent } from '../translation.ts'
import type { StreamTranslator, Translation } from '../translation.ts'

/** How answers are read. */
export type Answers = Pick<Translation, 'completion' | 'events'>

/** Changes to the choices of an answer, before the border has checked them: fields of a chat service may have any type. */
export interface Changes {
  readonly whole: (choice: Choice) => Choice
  /** Creates the function for the choices of one stream. */
  readonly pieces: () => (choice: ChunkChoice) => ChunkChoice
}

/** Reads answers whose choices are changed on their way to the client; `base` translates them to chats first. */
export function withChangedChoices(base: Answers | undefined, changes: Changes): Answers {
  return {
    completion: answer => changedWhole(base ? base.completion(answer) : answer, changes),
    events: options => {
      const first = base?.events(options)
      const change = createChanger(changes, options?.maxEventLength)
      return text => change(first ? first(text) : text)
    },
  }
}

function createChanger({ pieces }: Changes, maxEventLength: number | undefined): StreamTranslator {
  const piece = pieces()
  const translate = (event: Partial<Chunk>): string =>
    chatEvent(Array.isArray(event.choices) ? { ...event, choices: event.choices.map(piece) } : event)
  return createEventTranslator({ read: event => event, translate }, { maxEventLength })
}

function changedWhole(answer: unknown, { whole }: Changes): unknown {
  const { choices } = (answer ?? {}) as Partial<Completion>
  return Array.isArray(choices) ? { ...(answer as object), choices: choices.map(whole) } : answer
}
