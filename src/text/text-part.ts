/** A part of a prompt or an answer that is kept: a message, the thoughts of a model, or a call of a tool. */
export interface TextPart {
  /** The role of the message, or `thinking`, `call`, `input` or `body`. */
  readonly role: string
  readonly text: string
  /** The index of the choice in an answer, if it is not the first. */
  readonly choice?: number
  /** The number of characters that were left out after this part. */
  readonly left_out?: number
}

/** A part on its way to redaction. One that is cut has more of its text than is kept: see `margin`. */
export interface CutPart extends TextPart {
  /** The side at which it is cut. */
  readonly cut?: 'start' | 'end'
}

/**
 * Characters beyond each cut that are redacted with the rest and then left out. A name or a number that the cut divides is
 * not recognized: what remains of it is in this margin.
 */
export const margin = 256

/** Characters that each part costs beside its text, so that many empty ones are bounded, too. */
const costOfPart = 16

/**
 * Parts of at most about `max` characters: longer ones keep a quarter of that from their beginning and the rest from their
 * end, where a conversation has its newest messages. Cut parts still have their margin.
 */
export function clipParts(parts: readonly TextPart[], max: number): CutPart[] {
  const total = parts.reduce((sum, { text }) => sum + costOfPart + text.length, 0)
  if (total <= max) return [...parts]
  const head = takeParts(parts, Math.floor(max / 4), 'end')
  const tail = takeParts(parts.toReversed(), max - Math.floor(max / 4), 'start').toReversed()
  const kept = [...head, ...tail].reduce((sum, part) => sum + lengthOf(part), 0)
  const leftOut = parts.reduce((sum, { text }) => sum + text.length, 0) - kept
  const last = head.at(-1) ?? { role: parts[0]!.role, text: '' }
  return [...head.slice(0, -1), { ...last, left_out: Math.max(0, leftOut) }, ...tail]
}

/** The parts that come first, as far as they fit; the last of them is cut at `side`. */
function takeParts(parts: readonly TextPart[], max: number, side: 'start' | 'end'): CutPart[] {
  const taken: CutPart[] = []
  let room = max
  for (const part of parts) {
    room -= costOfPart
    if (room <= 0) break
    const { text } = part
    if (text.length > room) {
      const length = Math.min(text.length, room + margin)
      const cut = side === 'end' ? text.slice(0, length) : text.slice(text.length - length)
      taken.push({ ...part, text: cut, cut: side })
      break
    }
    taken.push(part)
    room -= text.length
  }
  return taken
}

/** The length of a part without its margin. */
function lengthOf({ text, cut }: CutPart): number {
  return cut === undefined ? text.length : Math.max(0, text.length - margin)
}

/** A part without its margin. No half of a character remains at the cut. */
export function withoutMargin({ cut, ...part }: CutPart): TextPart {
  if (cut === undefined) return part
  const { text } = part
  const kept = cut === 'end' ? text.slice(0, Math.max(0, text.length - margin)) : text.slice(margin)
  return { ...part, text: withoutHalves(kept) }
}

/** A text without the halves of a surrogate pair at its ends. */
function withoutHalves(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '')
}
