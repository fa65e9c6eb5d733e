import { createHash } from 'node:crypto'
import { withoutThinking } from '../../../src/plugin.ts'
import type { Candidate } from '../../../src/plugin.ts'

/** Candidates for a prompt: each in a tag with its number, from 1. */
export function listCandidates(tag: string, candidates: readonly Pick<Candidate, 'text'>[]): string {
  const texts = candidates.map(spokenText)
  const name = safeTag(tag, texts)
  return texts.map((text, index) => `<${name} number="${index + 1}">\n${text}\n</${name}>`).join('\n\n')
}

/** Texts for a prompt: each in a tag. */
export function enclose(tag: string, ...texts: readonly string[]): string {
  const name = safeTag(tag, texts)
  return texts.map(text => `<${name}>\n${text}\n</${name}>`).join('\n\n')
}

/**
 * A tag that none of the texts can close: if one contains it, the name ends with a digest of them all, which their authors
 * cannot know. An answer could otherwise end its own tag and add another that speaks for it.
 */
function safeTag(tag: string, texts: readonly string[]): string {
  const isUsed = texts.some(text => new RegExp(`<\\s{0,9}/?\\s{0,9}${tag}`, 'i').test(text))
  if (!isUsed) return tag
  return `${tag}-${createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 6)}`
}

/** Lines for a prompt, numbered from 1. */
export function numberLines(lines: readonly string[]): string {
  return lines.map((line, index) => `${index + 1}. ${line}`).join('\n')
}

/** The text of a candidate without its thinking. */
export function spokenText({ text }: Pick<Candidate, 'text'>): string {
  return withoutThinking(text)
}
