import { partsOf } from '../../parts.ts'
import { readBoxed } from '../boxed.ts'
import { isChoice } from '../conclusion.ts'
import { partLinesIn } from './part-lines.ts'
import type { Part } from './part-lines.ts'
import { readStatement } from '../statement.ts'

/** A longer part is prose, and the parts are points of an argument. */
const longestPart = 200
/** Each label of a part has one of these; most texts have none. */
const anyLabel = /\b(?:[a-h1-9]|i{1,3}|iv)[).]|\b(?:part|question|problem)\s/i
/** "Answers:" before the first part. */
const heading =
  /(?<=^[^\p{L}\d\n]{0,6})(?:final )?answers?[^\S\n]{0,3}:?[^\S\n]{0,3}(?:\n\s{0,9})?(?=[^\S\n]{0,3}(?:[-*•]\s)?(?:\(?[a-h1i]\)|1\.\s))/gimu
const numberedLines = /^(?:[^\S\n]{0,3}\d\.\s[^\n]{1,60}(?:\n{1,2}|$)){2,9}$/

/**
 * The labelled parts of an answer with what each comes to, as one text: "(a) 5; (b) 7". Undefined if the text has no such
 * parts, if they are prose, or if they lead to the letter of a choice.
 */
export function readParts(plain: string, resultOf: (part: string) => string): string | undefined {
  if (!anyLabel.test(plain)) return undefined
  const [last] = [...plain.matchAll(heading)].slice(-1)
  const listed = last && plain.slice(last.index + last[0].length).trim()
  const stated = readBoxed(plain) ?? readStatement(plain)
  for (const text of [listed, stated]) if (text && partsOf(text.replaceAll(/\s+/g, ' '))) return text
  const parts = partLinesIn(listed ?? plain, listed !== undefined || numberedLines.test(plain))
  if (!parts || (stated !== undefined && (isChoice(stated) || /^\(?[a-h]\)?$/.test(stated)))) return undefined
  const results = parts.map(([name, text]): Part => [name, resultOf(text)])
  if (results.some(([, result]) => result === '' || result.length > longestPart)) return undefined
  return results.map(([name, result]) => `(${name}) ${result}`).join('; ')
}
