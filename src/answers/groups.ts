import { refuses, toolCallKey } from '../sampling/candidate.ts'
import type { Candidate } from '../sampling/candidate.ts'
import { keysOfAnswers, readAnswer } from './answer-keys.ts'
import type { AnswerKey } from './answer-key.ts'

/** An answer with the candidates that gave it, in the order of the draw. */
export interface AnswerGroup {
  /** The vote that the members share; meaningful only among the candidates that were compared together. */
  readonly key: string
  readonly first: Candidate
  readonly members: readonly Candidate[]
}

/**
 * The different answers of candidates, in the order in which they first occur: candidates that end in the same answer form
 * one group, whatever their reasoning. `keys` are the votes of the candidates, in their order.
 */
export function groupByAnswer(
  candidates: readonly Candidate[],
  keys = votesOf(candidates),
): readonly AnswerGroup[] {
  const groups = Map.groupBy(candidates.entries(), ([index]) => keys[index]!)
  return [...groups].map(([key, entries]) => {
    const members = entries.map(([, candidate]) => candidate)
    return { key, first: members[0]!, members }
  })
}

/**
 * The keys by which candidates vote, in their order: of their final answers, or of the tools that they call. Answers are
 * compared with each other, so a key says nothing about candidates of another draw. Refusals are one answer if there is no
 * other: their words differ, and nothing else.
 */
export function votesOf(candidates: readonly Candidate[]): readonly string[] {
  if (candidates.every(refuses)) return candidates.map(() => 'refusal')
  const texts = keysOfAnswers(candidates.map(answerOf))
  return candidates.map((candidate, index) =>
    candidate.nonText ? `call:${toolCallKey(candidate)}` : texts[index]!,
  )
}

/** The answers that were read: draws and searches compare the same candidates again with each new one. */
const answers = new WeakMap<Candidate, AnswerKey>()

function answerOf(candidate: Candidate): AnswerKey {
  const known = answers.get(candidate)
  if (known) return known
  const answer = readAnswer(candidate.text)
  answers.set(candidate, answer)
  return answer
}
