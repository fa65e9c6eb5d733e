import { alternatives } from './alternatives.ts'

/** The marks around thinking in a text, in lower case. */
interface Form {
  readonly open: string
  readonly close: string
}

const named = (name: string): Form => ({ open: `<${name}>`, close: `</${name}>` })

const final = '<|channel|>final<|message|>'

/** The forms in which models write thinking into their text. */
const forms: readonly Form[] = [
  ...['think', 'thinking', 'thought', 'thoughts', 'reasoning', 'seed:think', 'longcat_think'].map(named),
  { open: '[think]', close: '[/think]' },
  { open: '\u25c1think\u25b7', close: '\u25c1/think\u25b7' },
  { open: '<|begin_of_thought|>', close: '<|end_of_thought|>' },
  // Gemma 4, MedGemma, and Cohere's Command models.
  { open: '<|channel>', close: '<channel|>' },
  { open: '<unused94>', close: '<unused95>' },
  { open: '<|start_thinking|>', close: '<|end_thinking|>' },
  // Channels of harmony: all before the last one is thinking. An answer without thinking begins with its end.
  { open: final, close: '' },
  { open: '<|channel|>', close: final },
  { open: '<|start|>assistant', close: final },
]

const closings = new Map(
  forms.map(({ close }) => [close, new RegExp(close.replaceAll(/[[\]|/<>]/g, String.raw`\$&`), 'gi')]),
)

const longest = Math.max(...forms.map(({ open, close }) => Math.max(open.length, close.length)))

/** Marks around an answer that follows thinking. */
const answerBegins = String.raw`<\|${alternatives('begin_of_solution', 'start_response')}\|>`
const answerEnds = String.raw`<\|${alternatives('end_of_solution', 'end_response', 'end', 'return')}\|>`
/** Marks of the end of a turn, which some servers let through behind the last sentence. */
const turnEnds = alternatives(
  String.raw`<\|${alternatives('im_end', 'eot_id', 'endoftext', 'end_of_text')}\|>\s{0,3}`,
  String.raw`<\/s>\s{0,3}`,
  String.raw`<end_of_turn>\s{0,3}`,
)
const wrapping = new RegExp(
  [
    `^${answerBegins}`,
    String.raw`${answerEnds}\s{0,9}$`,
    String.raw`(?<=[.!?)}\]*\n])\s{0,3}${turnEnds}{1,3}$`,
  ].join('|'),
  'gi',
)

/**
 * Passes a text that arrives in pieces without the thinking that it begins with. A mark counts only there, where a model
 * thinks, and not in the middle of an answer, which may be about such marks.
 */
export class ThinkingFilter {
  readonly #forms: readonly Form[]
  /** Pieces of blanks before the text begins. */
  readonly #blanks: string[] = []
  #held = ''
  #form: Form | undefined
  #answers = false

  /** `except`: an opening mark that the caller reads itself. */
  constructor(except?: string) {
    this.#forms = forms.filter(({ open }) => open !== except)
  }

  /** Whether the text so far ends within thinking. */
  get isThinking(): boolean {
    return this.#form !== undefined
  }

  /** Returns the text outside the thinking; holds back a possible beginning of thinking. */
  push(piece: string): string {
    if (this.#answers) return piece
    this.#held += piece
    while (this.#form ? this.#leave(this.#form) : this.#enter());
    // Blanks are put aside, so that they are not read again with each piece.
    if (!this.#form && !this.#answers && this.#held.trim() === '') {
      this.#blanks.push(this.#held)
      this.#held = ''
    }
    return this.#answers ? this.#take() : ''
  }

  /** Returns the rest: nothing if the text has ended within thinking. */
  end(): string {
    const start = this.#held.trimStart().toLowerCase()
    const begins = !this.#answers && this.#forms.some(({ open }) => start.startsWith(open))
    return this.#form || begins ? '' : this.#take()
  }

  #take(): string {
    const text = this.#blanks.join('') + this.#held
    this.#blanks.length = 0
    this.#held = ''
    return text
  }

  /** Enters thinking if the text continues with its mark; returns whether it does. */
  #enter(): boolean {
    const start = this.#held.trimStart()
    const lower = start.slice(0, longest).toLowerCase()
    const form = this.#forms.find(({ open }) => lower.startsWith(open))
    // A channel may still turn out to be the one of the answer.
    if (form && this.#forms.some(({ open }) => isBetween(form.open, lower, open))) return false
    if (form) {
      this.#blanks.length = 0
      this.#held = start.slice(form.open.length)
      if (form.close !== '') this.#form = form
      else this.#answers = true
      return !this.#answers
    }
    this.#answers = start !== '' && !this.#forms.some(({ open }) => open.startsWith(lower))
    return false
  }

  /** Leaves thinking if its end has come; returns whether it has. */
  #leave({ close }: Form): boolean {
    const held = this.#held
    let mentioned = 0
    // Not in lower case as a whole: some letters change their length with it.
    for (const { index } of held.matchAll(closings.get(close)!)) {
      const end = index + close.length
      const isQuoted = index > 0 && quotes.has(held[index - 1]!)
      // Whether it is only mentioned shows in the next character.
      if (isQuoted && end === held.length) return false
      if (isQuoted && quotes.has(held[end]!)) {
        mentioned = end
        continue
      }
      this.#held = held.slice(end)
      this.#form = undefined
      return true
    }
    // A mark that is only mentioned must not be read again, without the quote before it.
    this.#held = held.slice(Math.max(mentioned, held.length - longest - 2))
    return false
  }
}

/** Whether a text has the shorter of two marks and is on the way to the longer one. */
function isBetween(short: string, text: string, long: string): boolean {
  return long.length > text.length && long.startsWith(text) && text.startsWith(short)
}

const quotes: ReadonlySet<string> = new Set('`"\'\u201c\u201d\u2018\u2019')

/**
 * Code, in which marks do not count, and the marks that count anywhere else. Spans of code end with their line; each part is
 * bounded, so that the time is linear. The last characters of a match say what it is.
 */
const marks =
  /(?:^|\n)[^\S\n]{0,3}(?:```|~~~)|`[^`\n]{1,300}`|["'\u201c\u2018]<\/?think(?:ing)?>["'\u201d\u2019]|<\/?think(?:ing)?\s{0,4}>|\[\/THINK\]|<channel\|>|\u25c1\/think\u25b7/gi
/** By its last character: the first character of a mark. */
const openings: ReadonlyMap<string, string> = new Map([
  ['>', '<'],
  [']', '['],
  ['\u25b7', '\u25c1'],
])

/**
 * A text without the thinking in it, trimmed; empty if it ends while the model thinks. Some chat templates swallow the
 * opening mark, so a lone closing one ends thinking, too. Marks in code and in quotes are part of the answer.
 */
export function withoutThinking(text: string): string {
  const filter = new ThinkingFilter()
  const answer = (filter.push(text) + filter.end()).trim()
  return withoutInner(withoutBareChannels(answer.replaceAll(wrapping, '').trim())).trim()
}

const finalChannel = 'assistantfinal'

/** Without the channels of harmony whose special tokens are lost, as some servers send them. */
function withoutBareChannels(text: string): string {
  const at = /^analysis[A-Z]/.test(text) ? text.lastIndexOf(finalChannel) : -1
  return at === -1 ? text : text.slice(at + finalChannel.length)
}

/** Whether a lone closing mark is a word of a sentence: with a blank before it, and the sentence continues. */
function isMentioned(text: string, start: number, end: number): boolean {
  const isApart = start === 0 || text[start - 1] === ' '
  return isApart && /^(?: \p{Ll}| ?[,.;:!?)])/u.test(text.slice(end, end + 3))
}

/** Removes thinking behind the beginning. */
function withoutInner(text: string): string {
  if (!/think|<channel\|>/i.test(text)) return text
  let kept = ''
  let from = 0
  let thinks = false
  let inFence = false
  marks.lastIndex = 0
  // Not by matches: an array for each of many marks takes most of the time.
  while (marks.test(text)) {
    const end = marks.lastIndex
    const opening = openings.get(text[end - 1]!)
    if (opening === undefined) {
      const isFence = text[end - 2] === '`' || text[end - 2] === '~'
      if (isFence) inFence = !thinks && !inFence
      continue
    }
    if (inFence && !thinks) continue
    const start = text.lastIndexOf(opening, end - 1)
    // Gemma 4 closes with a mark of its own, and may begin behind the one that opens.
    const closes = text[start + 1] === '/' || text[start + 1] === 'c'
    if (closes && !thinks && isMentioned(text, start, end)) continue
    if (closes) kept = thinks ? kept : ''
    else if (!thinks) kept += text.slice(from, start)
    thinks = !closes
    from = end
  }
  return thinks ? kept : kept + text.slice(from)
}
