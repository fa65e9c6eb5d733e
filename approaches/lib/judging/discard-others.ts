import type { Candidate } from '../../../src/plugin.ts'

/** Discards all candidates but the answer, with the reason for the trace. */
export function discardOthers(candidates: Iterable<Candidate>, answer: Candidate, why: string): void {
  for (const candidate of candidates) if (candidate !== answer) candidate.discard(why)
}

/** The reason if all candidates have the same answer. */
export const agrees = 'agrees with the answer'
/** The reason if a call of a tool is the answer. */
export const isNoCall = 'another candidate, which calls a tool, is the answer'
