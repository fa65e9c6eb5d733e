import type { StreamEvent } from '../dialect.ts'
import { eventsIn } from '../relayed-events.ts'
import { OpenItem, isContinuable } from './open-item.ts'

const added = 'response.output_item.added'
const done = 'response.output_item.done'

/** Characters of frames that are kept of an item that has not ended. */
const maxOpen = 1024 * 1024

/** The items of a response that is relayed. Frames are kept unread: they are read only if the stream fails. */
export class RelayedOutput {
  /** Those in which items have ended. */
  readonly #ends: string[] = []
  /** Those since the newest item was added. */
  #open: string[] = []
  #length = 0

  add(frames: string): void {
    if (frames.includes(`event: ${done}\n`)) this.#ends.push(frames)
    if (frames.includes(`event: ${added}\n`)) {
      this.#open = []
      this.#length = 0
    }
    this.#length += frames.length
    if (this.#length <= maxOpen) this.#open.push(frames)
  }

  /** The items so far, in order; one that was open is incomplete. */
  get items(): readonly unknown[] {
    const events = this.#ends.flatMap(eventsIn).filter(({ type }) => type === done)
    const ended = events.toSorted((one, other) => placeOf(one) - placeOf(other))
    const open = this.#length <= maxOpen ? openIn(this.#open.flatMap(eventsIn)) : undefined
    return [...ended.map(({ item }) => item), ...(open ? [open.end('incomplete').at(-1)?.['item']] : [])]
  }
}

/** The newest item if it has not ended. */
function openIn(events: readonly StreamEvent[]): OpenItem | undefined {
  const start = events.findLastIndex(({ type }) => type === added)
  const item = start === -1 ? undefined : new OpenItem(events[start]!)
  if (!item || !isContinuable(item.type)) return undefined
  for (const event of events.slice(start + 1)) {
    if (placeOf(event) !== item.index) continue
    if (event['type'] === done) return undefined
    item.see(event)
  }
  return item
}

function placeOf(event: StreamEvent): number {
  return Number(event['output_index'])
}
