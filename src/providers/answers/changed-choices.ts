import { fieldsOf } from '../../chat/read/fields.ts'
import type { Chunk, ChunkChoice, Completion, Choice } from '../../contract/index.ts'
import { doneFrame, frame } from '../../text/sse.ts'
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

/** Changes to the choices of one stream, in the order in which its chunks arrive. */
export interface PieceChanges {
  /** Returns the choice itself if it stays as it is. */
  readonly change: (choice: ChunkChoice) => ChunkChoice
  /** Whether whole frames may have to be changed; others are passed on unread. By default they all may. */
  readonly concerns?: (frames: string) => boolean
  /** Notes frames that are passed on unread. */
  readonly pass?: (frames: string) => void
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
  const { change, rest, concerns, pass } = pieces()
  const translate = (event: Partial<Chunk>, json: string): string => {
    const choices = Array.isArray(event.choices) ? changed(event.choices, change) : event.choices
    return choices === event.choices ? frame(json) : chatEvent({ ...event, choices })
  }
  const end = (): string => {
    const choices = rest?.() ?? []
    return choices.length > 0 ? chatEvent({ choices }) : ''
  }
  const done = (): string => end() + doneFrame
  const read = createEventTranslator({ read: event => event, translate, done }, { maxEventLength })
  const passOn = (frames: string): string => {
    pass?.(frames)
    return frames
  }
  const changer = concerns ? readIfConcerned({ concerns, read, passOn }) : (text: string) => read(text)
  return Object.assign(changer, { end })
}

/** Maximum length of a part of an event that waits for its end, before it is left to the parser. */
const maxWaiting = 65_536

interface FrameReader {
  readonly concerns: (frames: string) => boolean
  readonly read: (frames: string) => string
  readonly passOn: (frames: string) => string
}

/** Reads only the frames that a change concerns. A stream in other frames than ours is read from there on. */
function readIfConcerned(reader: FrameReader): (text: string) => string {
  let waiting = ''
  // Kept apart: to look at the end of a text that has grown by pieces copies it.
  let last = ''
  let isRead = false
  return text => {
    isRead ||= text.includes('\r')
    const end = text.lastIndexOf('\n\n') + 2
    const cut = end > 1 ? end : Number(last === '\n' && text.startsWith('\n'))
    isRead ||= text.length - cut + (cut === 0 ? waiting.length : 0) > maxWaiting
    const frames = isRead ? waiting + text : cut === 0 ? '' : waiting + text.slice(0, cut)
    if (isRead || cut > 0) waiting = last = ''
    if (isRead) return reader.read(frames)
    const rest = text.slice(cut)
    waiting += rest
    last = rest.at(-1) ?? last
    return frames === '' ? '' : readFrames(frames, reader)
  }
}

/** Of several frames, a service that writes faster than we read sends those that matter with many that do not. */
function readFrames(frames: string, { concerns, read, passOn }: FrameReader): string {
  if (!concerns(frames)) return passOn(frames)
  let result = ''
  for (let at = 0; at < frames.length;) {
    const mark = frames.indexOf('\n\n', at)
    const end = mark === -1 ? frames.length : mark + 2
    const one = frames.slice(at, end)
    result += concerns(one) ? read(one) : passOn(one)
    at = end
  }
  return result
}

function changedWhole(answer: unknown, { whole }: Changes): unknown {
  const { choices } = (answer ?? {}) as Partial<Completion>
  if (!Array.isArray(choices)) return answer
  const after = changed(choices as readonly Choice[], whole)
  return after === choices ? answer : { ...(answer as object), choices: after }
}

/** Applies a change to each choice. The list itself if it changes none. The border judges those that are not objects. */
function changed<T>(choices: readonly T[], change: (choice: T) => T): readonly T[] {
  const after = choices.map(choice => (fieldsOf(choice) ? change(choice) : choice))
  return after.every((choice, index) => choice === choices[index]) ? choices : after
}
