import type { Candidate } from '../../../src/plugin.ts'

/**
 * The candidates that are texts, for a method that has decided against calls of tools; truncated ones only if `truncated`.
 * The others are discarded.
 */
export function wholeTexts(
  candidates: readonly Candidate[],
  { truncated = false }: { readonly truncated?: boolean } = {},
): readonly Candidate[] {
  return candidates.filter(candidate => {
    if (!candidate.nonText && (truncated || !candidate.truncated)) return true
    candidate.discard(
      candidate.nonText ? 'is not a text, unlike earlier ones' : `truncated: ${candidate.finish}`,
    )
    return false
  })
}
