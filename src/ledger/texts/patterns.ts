import { compilePattern } from '../../config/sections/ledger/bodies.ts'
import type { BodiesConfig, patternNames } from '../../config/sections/ledger/bodies.ts'

/** A pattern, and the text in place of each match. */
export interface Replacement {
  readonly pattern: RegExp
  readonly replace: string
}

/**
 * The patterns that a configuration may name. They prefer to leave out too much. Those of longer numbers come first: a part of
 * an IBAN looks like a phone number, but the rest of it like nothing known.
 */
const known: Readonly<Record<(typeof patternNames)[number], Replacement>> = {
  email: { pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,253}\.\p{L}{2,24}/gu, replace: '[email]' },
  iban: {
    pattern: /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)/g,
    replace: '[iban]',
  },
  // As many digits as there are: cards that follow each other are left out as one.
  card: { pattern: /(?<!\d)\d(?:[ -]?\d){12,}/g, replace: '[card]' },
  phone: { pattern: /(?<![\w+])(?:\+|00)\d(?:[ ()./-]{0,2}\d){6,14}(?!\w)/g, replace: '[phone]' },
  ipv4: { pattern: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g, replace: '[ip]' },
}

/** The patterns of a configuration in its order, except that named ones take the places of each other in theirs. */
export function patternsOf(redact: BodiesConfig['redact']): Replacement[] {
  const named = Object.entries(known).filter(([name]) => redact.some(each => each === name))
  return redact.flatMap(each => {
    if (typeof each === 'string') return named.shift()?.[1] ?? []
    return { pattern: compilePattern(each.pattern, each.ignore_case), replace: each.replace }
  })
}
