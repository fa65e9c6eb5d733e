import { z } from 'zod'
import { count } from '../../value-schemas.ts'

/** Names of patterns that the server brings along: see `src/ledger/texts/patterns.ts`. */
export const patternNames = ['email', 'phone', 'card', 'iban', 'ipv4'] as const

const ownPattern = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .refine(isPattern, { error: 'not a regular expression of JavaScript with the flag u' })
    .describe('Regular expression of JavaScript, with the flag `u`'),
  replace: z
    .string()
    .default('[redacted]')
    .describe('Text in place of each match; `$1` is the first group, `$$` a dollar sign'),
  ignore_case: z.boolean().default(false).describe('Whether upper and lower case are the same'),
})

/** `ledger.bodies`: prompts and answers that the ledger keeps. */
export const bodies = z.strictObject({
  keep: z
    .enum(['off', 'sampled', 'all'])
    .default('off')
    .describe('Requests whose texts are kept; `bodies: all` is short for `keep: all`'),
  sample: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('With `keep: sampled`: the share of requests whose texts are kept'),
  on_request: z
    .boolean()
    .default(false)
    .describe('Lets clients have the texts of a request kept, with `hulumanage_trace: "full"`'),
  characters: z
    .int()
    .min(200)
    .max(2_000_000)
    .default(20_000)
    .describe('Maximum characters of a prompt or an answer; of longer ones the middle is left out'),
  days: count().max(36_500).default(7).describe('Days for which texts are kept'),
  max_bytes: z
    .int()
    .min(1024 * 1024)
    .default(256 * 1024 * 1024)
    .describe('Maximum bytes of all texts; the oldest are deleted first'),
  redact: z
    .array(z.union([z.enum(patternNames), ownPattern]))
    .default([])
    .describe(
      `Texts to leave out: ${patternNames.map(name => `\`${name}\``).join(', ')}, or regular expressions as \`{pattern, replace}\``,
    ),
  redact_with: z
    .string()
    .min(1)
    .optional()
    .describe('Module whose default export redacts a text: see plugins.md (default: none)'),
})

export type BodiesConfig = z.output<typeof bodies>

/** Compiles a pattern of the configuration. Throws a `SyntaxError` for an invalid one. */
export function compilePattern(pattern: string, ignoreCase: boolean): RegExp {
  return new RegExp(pattern, ignoreCase ? 'giu' : 'gu')
}

function isPattern(pattern: string): boolean {
  try {
    compilePattern(pattern, false)
    return true
  } catch {
    return false
  }
}
