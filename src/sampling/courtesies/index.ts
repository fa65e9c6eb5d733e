import { eastAsian } from './east-asian.ts'
import { english } from './english.ts'
import { european } from './european.ts'

/**
 * Beginnings, in lower case, of clauses that follow a refusal without giving what was asked for: offers, regrets,
 * reasons and referrals. None may begin an answer, as "please" or "it is" would.
 */
export const courtesies: readonly string[] = [...english, ...european, ...eastAsian]
