import { smallNumber } from './fields.ts'
import { UnreadableAnswer } from './unreadable.ts'

/** Number of blocks, items or parts that one answer may have. */
const maxPlaces = 65_536

/** The place of a block, an item or a part in its list; undefined if a service leaves it out. Throws `UnreadableAnswer`. */
export function readPlace(value: unknown): number | undefined {
  if (value == null || value === '') return undefined
  const place = smallNumber(value, maxPlaces)
  if (place !== undefined) return place
  throw new UnreadableAnswer('sent a part of its answer with an index that is no small number')
}
