import type { StreamEvent } from '../dialect.ts'
import { eventsIn } from '../relayed-events.ts'
import { OpenItem, isContinuable } from './rest/open-item.ts'

const added = 'response.output_item.added'
const done = 'response.output_item.done'

const marks = /event: response\.output_item\.(added|done)\n/g

/** Characters of frames that are kept of items that have not ended. */
const maxOpen = 1024 * 1024

/**
 * The items of a response that is relayed. Frames are kept unread: they are read only if the stream fails. Items that are
 * still open are left out if more than `maxOpen` has come of them.
 */
export class RelayedOutput {
  /** Those in which items have ended. */
  readonly #ends: string[] = []
  /** Those since the first of the items that are open was added. */
  #open: string[] = []
  #length = 0
  /** Number of items that are open. */
  #count = 0

  add(frames: string): void {
    if (frames.includes(`event: ${done}\n`)) this.#ends.push(frames)
    let start = this.#count > 0 ? 0 : frames.length
    for (const { 1: step, index } of frames.matchAll(marks)) {
      // Some services end an item twice, or one that they have not added.
      this.#count = Math.max(0, this.#count + (step === 'added' ? 1 : -1))
      if (this.#count === 0) {
        start = frames.length
        this.#open = []
        this.#length = 0
      } else if (start === frames.length) start = index
    }
    this.#length += frames.length - start
    if (this.#length > maxOpen) this.#open = []
    else if (start < frames.length) this.#open.push(frames.slice(start))
  }

  /** The items so far, in order; those that were open are incomplete. */
  get items(): readonly unknown[] {
    const ended = this.#ends.flatMap(eventsIn).filter(({ type }) => type === done)
    const open = openIn(this.#open.flatMap(eventsIn)).map(item => item.end('incomplete').at(-1)!)
    return [...ended, ...open].toSorted((one, other) => placeOf(one) - placeOf(other)).map(({ item }) => item)
  }
}

/** The items that have not ended, but for those of which a service alone knows the state. */
function openIn(events: readonly StreamEvent[]): readonly OpenItem[] {
  const open = new Map<number, OpenItem>()
  for (const event of events) {
    const place = placeOf(event)
    if (event['type'] === added) open.set(place, new OpenItem(event))
    else if (event['type'] === done) open.delete(place)
    else open.get(place)?.see(event)
  }
  return [...open.values()].filter(({ type }) => isContinuable(type))
}

function placeOf(event: StreamEvent): number {
  return Number(event['output_index'])
}
