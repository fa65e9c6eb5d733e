import { courtesies } from './courtesies/index.ts'
import { answersToo, beginnings } from './refusal-words.ts'
import { withoutThinking } from './thinking.ts'

/** Maximum length of a text that only refuses, in characters. */
const maxRefusal = 400

/** The number of characters within which the words of refusing must end. */
const maxBeginning = 200

/** How far `answersToo` looks behind what it finds, in characters. */
const lookahead = 24

const refusal = new RegExp(`^(?:${beginnings.map(({ pattern }) => pattern).join('|')})`, 'iu')

const firstWords: readonly string[] = beginnings.flatMap(({ first }) => first.split('|'))

/**
 * Between the clauses of a text: each of them could begin an answer. A comma ends a clause and belongs to it, except behind
 * words that need the clause after it.
 */
const boundaries =
  /(?<=[.!?])\s+|(?<=[。！？])\s*|(?<=(?<!por favor|ich verstehe|ich hoffe|пожалуйста),|[，、])\s*|\s*(?:[:;—–；：]|\n|\s-\s)\s*/iu

/**
 * Whether a text refuses and does nothing else, in one of the languages that models are asked in most. What follows must
 * be known to be an offer, a regret or the like: a refusal that is missed costs less than an answer that is thrown away.
 */
export function isRefusal(text: string): boolean {
  return text.length <= 100_000 && onlyRefuses(withoutThinking(text), true) === true
}

/** Whether a text without thinking that begins with `beginning` may still turn out to do nothing but refuse. */
export function mayRefuse(beginning: string): boolean {
  const spoken = beginning.trimStart()
  // Before the blanks at the end are dropped: endless ones must not hold a text for ever.
  if (spoken.length > maxRefusal) return false
  const refuses = onlyRefuses(spoken.trimEnd(), false)
  if (refuses !== undefined) return refuses
  return spoken.length < maxBeginning && beginsLike(spoken, firstWords, true)
}

/** Whether a text only refuses or, while it is not whole, may still turn out to. Undefined without words of refusing. */
function onlyRefuses(spoken: string, isWhole: boolean): boolean | undefined {
  if (spoken.length > maxRefusal) return false
  const [words] = refusal.exec(spoken) ?? []
  if (words === undefined) return undefined
  const [rest = '', ...clauses] = spoken.slice(words.length).split(boundaries)
  const isOpen = (index: number): boolean => !isWhole && index === clauses.length
  return (
    !answers(rest, isOpen(0)) &&
    clauses.every((clause, index) => {
      const open = isOpen(index + 1)
      return beginsLike(clause.trim(), courtesies, open) && !answers(clause, open)
    })
  )
}

/** Whether a clause answers. An open clause, which may continue, must do so whatever follows. */
function answers(clause: string, isOpen: boolean): boolean {
  const found = answersToo.exec(clause)
  return found !== null && (!isOpen || found.index + found[0].length + lookahead <= clause.length)
}

/** Whether a text begins with one of several beginnings; an open one, which may continue, may have only a part of it. */
function beginsLike(text: string, all: readonly string[], isOpen: boolean): boolean {
  const lower = text.toLowerCase().replaceAll('’', "'")
  return lower === '' || all.some(begin => lower.startsWith(begin) || (isOpen && begin.startsWith(lower)))
}
