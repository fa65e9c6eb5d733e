import { withoutThinking } from '../../../src/plugin.ts'
import type { Candidate } from '../../../src/plugin.ts'

/** Candidates for a prompt: each in a tag with its number, from 1. */
export function listed(tag: string, candidates: readonly Candidate[]): string {
  return candidates
    .map((candidate, index) => `<${tag} number="${index + 1}">\n${said(candidate)}\n</${tag}>`)
    .join('\n\n')
}

/** What a candidate says, without its thinking unless there is nothing else. */
export function said({ text }: Candidate): string {
  return withoutThinking(text) || text
}
