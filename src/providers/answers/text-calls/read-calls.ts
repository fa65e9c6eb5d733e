import type { CallPlaces } from './call-places.ts'
import { forms } from './forms.ts'
import type { Form } from './forms.ts'
import { maxCalls } from './object-calls.ts'
import { Reader } from './reader.ts'
import type { Offered, TextCall } from './text-call.ts'

/** Marks that end a turn, which servers without a parser pass on as well, and the tag that Qwen3-Coder ends without having begun. */
const ends = [
  '</tool_call>',
  '<|im_end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|eot|>',
  '<|end_of_text|>',
  '<｜end▁of▁sentence｜>',
  '</s>',
]

/**
 * The calls that a text consists of, from its first character to its last; `open` if more text could make it such calls,
 * and `text` if none could.
 */
export function readCalls(
  text: string,
  isWhole: boolean,
  offered: Offered,
): readonly TextCall[] | 'open' | 'text' {
  const reader = new Reader(text, isWhole)
  const calls: TextCall[] = []
  while (!reader.skipSpace().isAtEnd) {
    reader.isOpen = false
    const form = forms.find(({ opening }) => reader.takes(opening))
    const read = form?.read(reader, offered)
    if (read) calls.push(...read)
    else if (form || calls.length === 0 || !ends.some(end => reader.takes(end)))
      return reader.isOpen && !isWhole ? 'open' : 'text'
    if (calls.length > maxCalls) return 'text'
  }
  if (!isWhole) return 'open'
  return calls.length > 0 ? calls : 'text'
}

/** The place of the next text that is or may become the opening of a call; -1 without such a place. */
export function possibleStart(text: string): number {
  const starts = /[<[]/g
  for (let found = starts.exec(text); found; found = starts.exec(text))
    if (mayBegin(text, found.index, () => true)) return found.index
  return -1
}

/** Whether a text begins with an opening that may stand here, or with the beginning of one. */
export function mayStart(text: string, places: CallPlaces): boolean {
  return mayBegin(text, 0, ({ isDirect = false }) => places.allows(isDirect))
}

function mayBegin(text: string, at: number, isAllowed: (form: Form) => boolean): boolean {
  const left = text.length - at
  return forms.some(
    form =>
      (left < form.opening.length
        ? form.opening.startsWith(text.slice(at))
        : text.startsWith(form.opening, at)) && isAllowed(form),
  )
}
