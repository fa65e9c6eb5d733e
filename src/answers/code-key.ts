import { unfence } from './code.ts'

/** The marks of comments that fill a line, by language; other languages may use these marks for something else. */
const comments: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:python3?|py|ruby|rb|r|perl|julia)$/i, /^#(?!!)/],
  [
    /^(?:js|javascript|jsx|ts|typescript|tsx|java|c|cpp|c\+\+|cc|cs|csharp|go|rust|rs|swift|kotlin|kt|scala|php)$/i,
    /^\/\//,
  ],
  [/^(?:sql|lua|haskell|hs)$/i, /^--/],
]
/** Marks of texts that may span lines, in which a comment is text. */
const longText = /"""|'''|`|<<|R"/

/** Blanks, and texts in quotes, whose blanks count. */
const blanks = /((?<quote>["'])(?:(?!\k<quote>)[^\\]|\\.)*\k<quote>)|\s+/g

/**
 * A key of code in a fence. Keeps indentation, which has a meaning; ignores empty lines, lines of comments, and the length of
 * other runs of blanks outside quotes.
 */
export function codeKey(fenced: string): string {
  const code = unfence(fenced)
  const language = /^(?:```|~~~)([^\n`]{0,20})\n/.exec(fenced)?.[1]?.trim() ?? ''
  const comment = longText.test(code) ? undefined : comments.find(([names]) => names.test(language))?.[1]
  return code
    .split('\n')
    .filter(line => line.trim() !== '' && !comment?.test(line.trim()))
    .map(
      line => line.slice(0, line.search(/\S/)) + line.trim().replaceAll(blanks, (_all, text = ' ') => text),
    )
    .join('\n')
}

/** The value in a block that shows one, as the output of a program: a number, a list or a word. Undefined for code. */
export function shownValue(fenced: string): string | undefined {
  const [, line] =
    /^(?:```|~~~)(?:text|txt|plaintext|output|plain)?[^\S\n]*\n([^\n]{1,200})\n(?:```|~~~)$/i.exec(fenced) ??
    []
  const isValue = line !== undefined && !/[=;(){}<>$|#@\\]|^\s/.test(line) && !/\p{L}\s+\p{L}/u.test(line)
  return isValue ? line.trim() : undefined
}
