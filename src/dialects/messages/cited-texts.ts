import { textOf } from '../../chat/completion.ts'
import { citedTextsOf } from '../../chat/notes/cited-texts.ts'
import type { Delta, Message } from '../../contract/index.ts'

/** A part of an answer up to the end of a text that has citations, or that comes before one. */
export interface CitedPiece {
  readonly delta: Delta | Message
  readonly citations: readonly object[]
  /** Whether the next text is a block of its own. */
  readonly ends: boolean
}

/** Splits a piece of an answer at the texts that have citations; `spoken`: the characters of text before it. */
export function citedPiecesOf(delta: Delta | Message, spoken: number): readonly CitedPiece[] {
  const cited = citedTextsOf(delta)
  const { content: _content, cited_texts: _cited, tool_calls, ...first } = delta
  const text = textOf({ role: 'assistant', ...delta })
  const pieces: CitedPiece[] = [{ delta: first, citations: [], ends: false }]
  let at = 0
  for (const { start, end, citations } of cited) {
    const from = Math.min(Math.max(start - spoken, at), text.length)
    const to = Math.min(Math.max(end - spoken, from), text.length)
    if (from > at) pieces.push({ delta: { content: text.slice(at, from) }, citations: [], ends: true })
    pieces.push({ delta: { content: text.slice(from, to) }, citations, ends: true })
    at = to
  }
  const rest = {
    content: text.slice(at),
    ...(tool_calls ? { tool_calls: tool_calls.map((call, index) => ({ index, ...call })) } : {}),
  }
  return [...pieces, { delta: rest, citations: [], ends: false }]
}
