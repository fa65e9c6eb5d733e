import { withoutThinking } from '../../../src/plugin.ts'
import type { Candidate } from '../../../src/plugin.ts'

/** Candidates for a prompt: each in a tag with its number, from 1. */
export function listCandidates(tag: string, candidates: readonly Candidate[]): string {
  return candidates
    .map((candidate, index) => `<${tag} number="${index + 1}">\n${spokenText(candidate)}\n</${tag}>`)
    .join('\n\n')
}

/** Lines for a prompt, numbered from 1. */
export function numberLines(lines: readonly string[]): string {
  return lines.map((line, index) => `${index + 1}. ${line}`).join('\n')
}

/** The text of a candidate without its thinking, unless there is nothing else. */
export function spokenText({ text }: Pick<Candidate, 'text'>): string {
  return withoutThinking(text) || text
}
