/** The key of an expression that has no value: without blanks, and without implied multiplication signs. */
export function expressionKey(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\s+/g, '')
    .replaceAll(/(?<=[\w)])\*(?=[a-z(√π])/g, '')
}

/** Punctuation at the end of words, and the same without the mark of a factorial. */
const marks = /(?<![.,;:!?])[.,;:!?]+(?=\s|$)/g
const marksButFactorials =
  /(?<![.,;:!?])(?=[.,;:!?])(?!(?<=[\d)\]}]|(?<![a-zα-ω])[a-zα-ω])!)[.,;:!?]+(?=\s|$)/g

/** The key of words. Drops punctuation only at their ends: a minus, a point or a comparison within them has a meaning. */
export function textKey(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .replaceAll(/["'`“”‘’]/g, '')
    .replaceAll(text.includes('!') ? marksButFactorials : marks, '')
    .replace(/^(?:the|an?) /, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
