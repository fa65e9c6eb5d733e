import { isBound } from './words/bounds.ts'
import { verbAtEnd } from './words/verbs.ts'

/** The value in the only bold words of a text if they end its last line: "It is made of **NaCl**." */
export function readLoneBold(spoken: string, marked: string): string | undefined {
  const [bold, ...others] = [...spoken.matchAll(/\*\*([^*\n]{1,60})\*\*/g)]
  if (!bold || others.length > 0 || marked.length > 300 || spoken.length > 2000) return undefined
  const [, before = '', inside] =
    /^(.*)\*\*([^*\n]{1,60})\*\*(?:\s\([^()]{1,60}\))?[\s)]{0,4}$/u.exec(
      marked.replace(/[\s.。।!]{1,4}$/, '').replace(verbAtEnd, ''),
    ) ?? []
  if (inside === undefined || !/\p{L}{2}.*\s?$/u.test(before) || /[:：]$/.test(inside)) return undefined
  return isBound(before) || /\b(?:not|never|or|and)\s*$/i.test(before)
    ? undefined
    : inside.replace(/[.,]$/, '')
}

/** Subjects that are a part of the way to an answer. */
const interim =
  /\b(?:step|key|idea|trick|goal|aim|first|approach|method|formula|theorem|concept|problem|question|topic|pattern|strategy|point|task)\b/i

/** The value in the only bold words of a text, if they are all that its first sentence says: "The capital is **Paris**." */
export function readBoldPredicate(spoken: string): string | undefined {
  const [, sentence, subject = ''] =
    /^((.{3,150}?)\s(?:is|are|was|were)(?: the| an?)? \*\*[^*\n]{1,60}\*\*)(?:\s\([^()]{1,60}\))?(?:[.。]|\s?[:;—–])\s/u.exec(
      spoken,
    ) ?? []
  if (sentence === undefined || interim.test(subject) || /[.!?:;]\s|[=*]/.test(subject)) return undefined
  return readLoneBold(spoken, sentence)
}
