import { isConditional } from './conditions.ts'

const verdict = /^(yes|no|true|false)\b(?!\.\s?\d)(?:[,.;:!].*|\s[-—]\s.*)?$/is
/** Verdicts about a statement in the gender of its word. */
const inflected = new Map(
  'vraie:vrai fausse:faux verdadera:verdadero verdadeira:verdadeiro falsa:falso vera:vero'
    .split(' ')
    .map(pair => pair.split(':') as [string, string]),
)

/** The verdict that a term is or begins with, in small letters; undefined for other terms, and if a condition follows. */
export function readVerdictKey(term: string): string | undefined {
  const [, found] = verdict.exec(term) ?? []
  const isSure = found !== undefined && !isConditional(term.slice(found.length))
  return inflected.get(term.toLowerCase()) ?? (isSure ? found.toLowerCase() : undefined)
}
