import { answersToo, firstWords, refusal } from './refusal-words.ts'
import { withoutThinking } from './thinking.ts'

/** Maximum length of a text that only refuses, in characters. */
const maxRefusal = 400

/** The length by which the words of refusing have come, in characters. */
const maxBeginning = 200

/**
 * Whether a text refuses and does nothing else, in one of the languages that models are asked in most. One that also answers,
 * in part or with a figure, does not count.
 */
export function isRefusal(text: string): boolean {
  return text.length <= 100_000 && onlyRefuses(withoutThinking(text)) === true
}

/** Whether a text without thinking that has begun with `beginning` may still turn out to do nothing but refuse. */
export function mayRefuse(beginning: string): boolean {
  const spoken = beginning.trimStart()
  const refuses = onlyRefuses(spoken)
  if (refuses !== undefined) return refuses
  const lower = spoken.slice(0, maxBeginning).toLowerCase()
  return (
    spoken.length < maxBeginning && firstWords.some(word => lower.startsWith(word.slice(0, lower.length)))
  )
}

/** Undefined if a text has no words of refusing. */
function onlyRefuses(spoken: string): boolean | undefined {
  if (spoken.length > maxRefusal) return false
  const [words] = refusal.exec(spoken) ?? []
  return words === undefined ? undefined : !answersToo.test(spoken.slice(words.length))
}
