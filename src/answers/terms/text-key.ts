/** The key of an expression that has no value: without blanks, and without implied multiplication signs. */
export function expressionKey(text: string): string {
  return smallWords(text)
    .replaceAll(/\s+/g, '')
    .replaceAll(/(?<=[\w)])\*(?=[a-z(√π])/g, '')
}

/** Punctuation at the end of words, and the same without the mark of a factorial. */
const marks = /(?<![.,;:!?])[.,;:!?]+(?=\s|$)/g
const marksButFactorials =
  /(?<![.,;:!?])(?=[.,;:!?])(?!(?<=[\d)\]}]|(?<![a-zα-ω])[a-zα-ω])!)[.,;:!?]+(?=\s|$)/g

/** Accents and the like, of alphabets in which texts are often written without them. */
const accents = /(?<=[\p{Script=Latin}\p{Script=Greek}еЕ])[\u0300-\u036F]+/gu
/** Two initials or more, as in "J. R. R. Tolkien" and "U.S."; the last point may be missing at the end. */
const initials = /(?<![\p{L}.])(?:\p{Lu}\.\s?){1,6}\p{Lu}(?:\.|$)(?!\p{L})/gu
/** Nothing but initials, as in "U.S." */
const onlyInitials = /^(?:\p{Lu}\.){1,6}\p{Lu}\.?$/u
/** The number of a king, a war or a part, behind its name: "Henry VIII". */
const romanNumber = /(?<=\p{Lu}\p{Ll}+\s)(?:II|III|IV|VI|VII|VIII|IX)(?![\p{L}\d])/gu
const romans: readonly string[] = ['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX']

/** "Mt." in front of a name, and "St." at its beginning; behind a name it is a street. */
const mount = /(?<!\p{L})Mt\.?(?=\s\p{Lu})/gu
const saint = /^((?:[Tt]he )?)St\.?(?=\s\p{Lu})/u

/** The key of words. Drops punctuation only at their ends: a minus, a point or a comparison within them has a meaning. */
export function textKey(text: string): string {
  const plain = text
    .replaceAll(initials, withoutPoints)
    .replaceAll(romanNumber, number => String(romans.indexOf(number)))
    .replaceAll(mount, 'Mount')
    .replace(saint, '$1Saint')
  return smallWords(plain)
    .normalize('NFD')
    .replaceAll(accents, '')
    .replaceAll(/["'`“”‘’]/g, '')
    .replaceAll(/(?<=\p{Script=Han})\s(?=\p{Script=Han})/gu, '')
    .replaceAll(text.includes('!') ? marksButFactorials : marks, '')
    .replace(/^(?:the|an?) /, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .normalize('NFC')
}

/** The letters of an abbreviation such as "U.S."; undefined for other texts. */
export function lettersOf(text: string): string | undefined {
  return onlyInitials.test(text) ? withoutPoints(text) : undefined
}

function withoutPoints(text: string): string {
  return text.replaceAll(/[.\s]/g, '')
}

/**
 * The text in small letters, except for symbols that differ by their case alone: commands such as \Lambda or \D, and single
 * Greek letters, unless they are an article before a word.
 */
function smallWords(text: string): string {
  return text.replaceAll(
    /(\\[A-Za-z]+|(?<!\p{L})\p{Script=Greek}(?!\p{L}|\s\p{Script=Greek}{2}))|\p{L}+/gu,
    (part, symbol?: string) => (symbol === undefined ? part.toLowerCase() : part),
  )
}
