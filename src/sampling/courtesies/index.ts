import { eastAsian } from './east-asian.ts'
import { english } from './english.ts'
import { european } from './european.ts'

/**
 * How the clauses begin that follow a refusal and give nothing of what was asked for, in lower case: offers, regrets,
 * reasons and referrals. None may begin an answer, as "please" or "it is" would.
 */
export const courtesies: readonly string[] = [...english, ...european, ...eastAsian]
