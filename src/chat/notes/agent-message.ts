import { fieldsOf, wordsOf } from '../read/fields.ts'
import type { Fields } from '../read/fields.ts'

/**
 * The words of one agent of Codex to another, with their names; undefined if only OpenAI's servers can read them.
 */
export function agentText({ author, recipient, content }: Fields): string | undefined {
  const parts = Array.isArray(content) ? (content as readonly unknown[]).map(fieldsOf) : [{ text: content }]
  const texts = parts.map(part => wordsOf(part?.['text']) ?? readable(part?.['encrypted_content']))
  const told = texts.filter(text => text !== undefined)
  if (told.length === 0) return undefined
  const from = wordsOf(author)
  const to = wordsOf(recipient)
  const heading = `Message${from ? ` from ${from}` : ''}${to ? ` to ${to}` : ''}:`
  return [heading, ...told].join('\n')
}

/** Codex writes plain text where OpenAI's servers seal it. */
function readable(sealed: unknown): string | undefined {
  const text = wordsOf(sealed)
  return text === undefined || /^[\w+/=-]{60,}$/.test(text) ? undefined : text
}
