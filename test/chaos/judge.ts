import { answerViolations } from '../strict/index.ts'
import { errorShape } from '../fuzz/judge/shapes.ts'
import { judgeStream } from '../fuzz/judge/stream.ts'
import { shapeViolations } from '../strict/shape.ts'
import { textOf } from './answer-text.ts'
import type { Outcome } from './client.ts'
import { rightPlays } from './faults.ts'
import type { Call } from './provider.ts'
import type { Request } from './request.ts'
import { rightTexts } from './saying.ts'

/** How a request ended: as it should, visibly failed, or by its own client. */
export type Ending = 'whole' | 'broken' | 'refused' | 'left'

export interface Verdict {
  readonly ending: Ending
  /** The rules that the answer breaks; empty if it is right. */
  readonly wrong: readonly string[]
}

/**
 * Judges what a client got. `patienceMs`: the silence after which the server gives a provider up; it may give up a stream
 * after a third of it.
 */
export function judge(
  request: Request,
  outcome: Outcome,
  calls: readonly Call[],
  patienceMs: number,
): Verdict {
  const { ending, status, headers } = outcome
  if (ending === 'left') return { ending, wrong: [] }
  if (ending === 'late') return { ending: 'broken', wrong: ['lost: no end within the deadline'] }
  if (status === 0) return { ending: 'broken', wrong: ['lost: no response'] }
  const wrong = headers['x-request-id'] === request.id ? [] : ['mixed up: the id of another request']
  const seen = status === 200 ? judgeAnswer(request, outcome) : judgeError(request, outcome)
  return {
    ending: seen.ending,
    wrong: [...wrong, ...seen.wrong, ...doubled(request, calls, outcome.sentAt + patienceMs / 4)],
  }
}

function judgeError({ dialect }: Request, { text }: Outcome): Verdict {
  try {
    return { ending: 'refused', wrong: shapeViolations(errorShape(dialect), JSON.parse(text)) }
  } catch {
    return { ending: 'refused', wrong: ['the error is not JSON'] }
  }
}

function judgeAnswer(request: Request, { text, ending }: Outcome): Verdict {
  const { dialect, stream } = request
  const isComplete = ending === 'whole'
  if (!stream) {
    if (!isComplete) return { ending: 'broken', wrong: ['a whole answer breaks off'] }
    return { ending: 'whole', wrong: [...textFaults(request, text, true), ...formFaults(request, text)] }
  }
  const verdict = judgeStream(dialect, text, isComplete)
  if (verdict.ending !== 'complete') {
    const wrong = ['broken', ...verdict.wrong, ...textFaults(request, text, false)]
    if (verdict.ending === 'open' && isComplete) wrong.push('a stream just stops')
    return { ending: 'broken', wrong }
  }
  const wrong = [...verdict.wrong, ...textFaults(request, text, true)]
  return { ending: 'whole', wrong: wrong.length > 0 ? wrong : formFaults(request, text) }
}

/** Whether the text is one of the right ones: none is cut, doubled, or put together from two. */
function textFaults(request: Request, body: string, isWhole: boolean): string[] {
  const text = textOf(request, body)
  const isRight = rightTexts(request).some(right => (isWhole ? text === right : right.startsWith(text)))
  if (isRight) return []
  const ids = new Set(text.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g))
  ids.delete(request.id)
  return [ids.size > 0 ? 'mixed up: the answer of another request' : `not the text that was said: ${text}`]
}

function formFaults({ dialect }: Request, text: string): string[] {
  const isKnown = dialect === 'chat' || dialect === 'responses' || dialect === 'messages'
  return isKnown ? answerViolations(dialect, text) : []
}

/**
 * A plain request costs one right answer: no provider is called after one that was sent by `soon`, when the server had no
 * reason yet to give its provider up. An exception are answers in other words than those that were shown before a stream
 * broke, which continues then.
 */
function doubled({ chain, stream, isVaried }: Request, calls: readonly Call[], soon: number): string[] {
  if (chain !== '' || (stream && isVaried)) return []
  const first = calls.findIndex(({ play, answeredAt }) => answeredAt < soon && rightPlays.has(play))
  return first >= 0 && first < calls.length - 1 ? ['doubled: a call follows the right answer'] : []
}
