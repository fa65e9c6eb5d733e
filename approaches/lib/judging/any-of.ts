/** A pattern for one of several words, which may be patterns themselves. */
export function anyOf(...words: readonly string[]): string {
  return `(?:${words.join('|')})`
}
