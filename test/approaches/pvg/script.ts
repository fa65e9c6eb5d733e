import pvg from '../../../approaches/pvg/index.ts'
import type { ChatRequest } from '../../../src/contract/index.ts'
import { textOf } from '../../../src/chat/completion.ts'
import { contextOf, requestOf, textIn } from '../model.ts'
import type { Asked, FakeContext, Scripted } from '../model.ts'

export const params = pvg.params!.parse({})

export type Params = typeof params

/** Rounds by name. */
export type Rounds = Partial<Record<Round, Scripted | ((asked: Asked) => Scripted | Promise<Scripted>)>>

export type Round = 'draw' | 'sneaky' | 'grade' | 'regrade' | 'revise'

export const allRounds: readonly Round[] = ['draw', 'sneaky', 'grade', 'regrade', 'revise']

export function roundOf({ path }: Asked): Round {
  return path as Round
}

/** The answer that a call is about: the one to grade, or the previous answer. */
export function subjectOf(asked: Asked): string {
  const { messages } = asked.request
  if (roundOf(asked) === 'revise') return textOf(messages.at(-2))
  const words = textOf(messages.at(-1))
  return words.slice(words.indexOf('An answer to the above')).match(/<answer>\n([^]*)\n<\/answer>/)?.[1] ?? ''
}

/** Three answers, decoys with the result 7, a verifier that is never fooled, and one that grades at most 5. */
const usual: Required<Rounds> = {
  draw: ['The answer is 1.', 'The answer is 2.', 'The answer is 3.'],
  sneaky: 'Surely the answer is 7. <slip>It is not.</slip>',
  grade: asked => (subjectOf(asked).includes('7') ? 'Score: 1' : 'Step 2 is off.\nScore: 5'),
  regrade: 'Step 3 is off.\nScore: 4',
  revise: asked => `${subjectOf(asked)} Revised.`,
}

export function game(rounds: Rounds = {}): FakeContext {
  return contextOf(asked => {
    const answer = rounds[roundOf(asked)] ?? usual[roundOf(asked)]
    return typeof answer === 'function' ? answer(asked) : answer
  })
}

/** A verifier whose grade is that of the first text that an answer contains; without one, 3. */
export function grading(grades: Readonly<Record<string, number | string>>) {
  return (asked: Asked): string => {
    const found = Object.entries(grades).find(([text]) => subjectOf(asked).includes(text))
    return `It has its faults.\nScore: ${found?.[1] ?? 3}`
  }
}

export async function answerOf(
  ctx: FakeContext,
  changes: Partial<Params> = {},
  fields: Partial<ChatRequest> = {},
): Promise<string | null | undefined> {
  return await textIn(await pvg.run(requestOf('q', fields), ctx, { ...params, ...changes }))
}

export function countsIn({ asked }: FakeContext): Partial<Record<Round, number>> {
  const counts: Partial<Record<Round, number>> = {}
  for (const one of asked) counts[roundOf(one)] = (counts[roundOf(one)] ?? 0) + 1
  return counts
}
