import { fieldsOf } from '../../chat/read/fields.ts'
import type { Chunk, ChunkChoice, Completion, Choice } from '../../contract/index.ts'
import { doneFrame } from '../../text/sse.ts'
import { createEventTranslator } from '../event-translator.ts'
import { chatEvent } from '../translation.ts'
import type { Translation } from '../translation.ts'

/** How answers are read. */
export type Answers = Pick<Translation, 'completion' | 'events'>

/** Changes to the choices of an answer, before the border has checked them: fields of a chat service may have any type. */
export interface Changes {
  readonly whole: (choice: Choice) => Choice
  /** Creates the changes to one stream. */
  readonly pieces: () => PieceChanges
}

export interface PieceChanges {
  readonly change: (choice: ChunkChoice) => ChunkChoice
  /** The choices with what is still held back at the end of the stream: a service may state no reason for it. */
  readonly rest?: () => readonly ChunkChoice[]
}

/** Reads answers whose choices are changed on their way to the client; `base` translates them to chats first. */
export function withChangedChoices(base: Answers | undefined, changes: Changes): Answers {
  return {
    completion: (answer, asked) => changedWhole(base ? base.completion(answer, asked) : answer, changes),
    events: options => {
      const first = base?.events(options)
      const change = createChanger(changes, options?.maxEventLength)
      const translate = (text: string): string => change(first ? first(text) : text)
      return Object.assign(translate, { end: () => change(first?.end?.() ?? '') + change.end() })
    },
  }
}

function createChanger({ pieces }: Changes, maxEventLength: number | undefined) {
  const { change, rest } = pieces()
  const translate = (event: Partial<Chunk>): string =>
    chatEvent(Array.isArray(event.choices) ? { ...event, choices: changed(event.choices, change) } : event)
  const end = (): string => {
    const choices = rest?.() ?? []
    return choices.length > 0 ? chatEvent({ choices }) : ''
  }
  const done = (): string => end() + doneFrame
  const changer = createEventTranslator({ read: event => event, translate, done }, { maxEventLength })
  return Object.assign((text: string) => changer(text), { end })
}

function changedWhole(answer: unknown, { whole }: Changes): unknown {
  const { choices } = (answer ?? {}) as Partial<Completion>
  return Array.isArray(choices) ? { ...(answer as object), choices: changed(choices, whole) } : answer
}

/** Applies a change to each choice. The border judges those that are not objects. */
function changed<T>(choices: readonly T[], change: (choice: T) => T): readonly T[] {
  return choices.map(choice => (fieldsOf(choice) ? change(choice) : choice))
}
