import { shapeViolations } from '../../strict/shape.ts'
import type { Json } from '../../strict/shape.ts'
import { responseShape } from './shapes.ts'
import type { ReceivedEvent, StreamVerdict } from './stream.ts'

const ends: Readonly<Record<string, StreamVerdict['ending']>> = {
  'response.completed': 'complete',
  'response.incomplete': 'complete',
  'response.failed': 'failed',
}

/** Judges a stream of Responses: events counted from 0, items added before they grow, and an end. */
export function judgeResponseEvents(events: readonly ReceivedEvent[]): StreamVerdict {
  const wrong: string[] = []
  let ending: StreamVerdict['ending'] = 'open'
  const open = new Set<unknown>()
  for (const [position, { name, json }] of events.entries()) {
    const event = json as Json
    if (ending === 'complete') wrong.push('an event comes after the end')
    if (event['type'] !== name) wrong.push('the name of an event is not its type')
    if (event['sequence_number'] !== position) wrong.push('sequence_number does not count up from 0')
    if (position === 0 && name !== 'response.created' && name !== 'error')
      wrong.push('the first event is not response.created')
    wrong.push(...itemViolations(name, event, open))
    const end = Object.hasOwn(ends, name) ? ends[name] : undefined
    if (name === 'error') ending = 'failed'
    if (end) {
      ending = end
      if (end === 'complete') wrong.push(...shapeViolations(responseShape, event['response'], ['response']))
      if (end === 'complete' && open.size > 0) wrong.push('the response ends before one of its items')
    }
    if (wrong.length > 0) break
  }
  return { wrong, ending }
}

function itemViolations(name: string, event: Json, open: Set<unknown>): string[] {
  const { output_index: index, item, delta } = event
  if (name === 'response.output_item.added') {
    if (open.has(index)) return ['an item is added twice']
    open.add(index)
    return typeof (item as Json | undefined)?.['type'] === 'string' ? [] : ['an added item has no type']
  }
  if (name === 'response.output_item.done')
    return open.delete(index) ? [] : ['an item is done that was not added']
  if (!name.endsWith('.delta')) return []
  if (!open.has(index)) return ['an item grows that is not open']
  return typeof delta === 'string' ? [] : ['a delta is no text']
}
