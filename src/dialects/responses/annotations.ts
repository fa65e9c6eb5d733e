import type { Delta, Message } from '../../contract/index.ts'
import type { Block } from '../block.ts'
import { isObject } from '../check.ts'

/** A reference from a text to its source, in the form of Responses. */
export type Annotation = Readonly<Record<string, unknown>> & { readonly type: string }

/** The annotations of the texts of an answer. A chat has them beside its text, as it learns of them. */
export class Annotations {
  readonly #byBlock = new Map<Block, Annotation[]>()
  /** Those that have come before any text. */
  #waiting: unknown[] = []

  /** Those of a block. */
  of(block: Block): readonly Annotation[] {
    return this.#byBlock.get(block) ?? []
  }

  /**
   * Adds those of a piece to the newest text, and returns them; before any text, they wait for one. The text may have ended,
   * since some services tell their sources behind a call.
   */
  add(piece: Delta | Message | undefined, text: Block | undefined): readonly Annotation[] {
    const sent = piece?.['annotations']
    if (Array.isArray(sent)) for (const each of sent) this.#waiting.push(each)
    if (!text || this.#waiting.length === 0) return []
    const added = this.#waiting.map(each => read(each, text.text)).filter(each => each !== undefined)
    this.#waiting = []
    const all = this.#byBlock.get(text) ?? []
    this.#byBlock.set(text, all)
    for (const each of added) all.push(each)
    return added
  }
}

/** Chat nests the fields of an annotation under its type. Clients read the position of a link, so that it always has one. */
function read(value: unknown, text: string): Annotation | undefined {
  if (!isObject(value) || typeof value['type'] !== 'string') return undefined
  const { type } = value
  const nested = value[type]
  const fields = isObject(nested) ? nested : value
  if (type !== 'url_citation') return { ...fields, type }
  const { url, title, start_index: start, end_index: end } = fields
  if (typeof url !== 'string') return undefined
  const place = (index: unknown) => (Number.isSafeInteger(index) ? index : text.length)
  return {
    type,
    url,
    title: typeof title === 'string' ? title : url,
    start_index: place(start),
    end_index: place(end),
  }
}
