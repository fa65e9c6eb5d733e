const verdict = /^(yes|no|true|false)\b(?!\.\s?\d)(?:[,.;:!].*|\s[-—]\s.*)?$/is
/** Verdicts about a statement in the gender of its word. */
const inflected = new Map(
  'vraie:vrai fausse:faux verdadera:verdadero verdadeira:verdadeiro falsa:falso vera:vero'
    .split(' ')
    .map(pair => pair.split(':') as [string, string]),
)

/** The verdict that a term is or begins with, in small letters; undefined for other terms. */
export function readVerdictKey(term: string): string | undefined {
  return inflected.get(term.toLowerCase()) ?? verdict.exec(term)?.[1]?.toLowerCase()
}
