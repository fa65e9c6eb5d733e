import type { Random } from '../random.ts'
import type { StreamEvent } from '../upstream/template.ts'
import { mutateTree } from './tree.ts'

/** The events of a stream with one change: in one of them, or in their order and number. */
export function mutateEvents(random: Random, events: readonly StreamEvent[]): StreamEvent[] {
  const at = random.integer(0, Math.max(0, events.length - 1))
  const event = events[at]
  if (!event) return [strangers[0]!]
  const other = random.integer(0, events.length - 1)
  return random.weighted<() => StreamEvent[]>([
    [12, () => events.with(at, { ...event, data: mutateTree(random, event.data) })],
    [2, () => events.toSpliced(at, 1)],
    [1, () => events.toSpliced(at, random.integer(1, 4))],
    [1, () => events.toSpliced(at, 0, ...Array.from({ length: random.pick([1, 1, 30]) }, () => event))],
    [2, () => events.with(at, events[other]!).with(other, event)],
    [2, () => events.slice(0, at)],
    [3, () => events.toSpliced(at, 0, random.pick(strangers))],
    [1, () => events.with(at, { ...event, name: random.pick(['', 'error', 'ping', 'message_stop', 'x']) })],
    [1, () => events.with(at, { data: event.data })],
    [
      1,
      () =>
        events.map(({ data, name }) => ({
          data: withoutField(data, random.pick(common)),
          ...(name && { name }),
        })),
    ],
  ])()
}

/** Fields that some service omits from all of its events. */
const common = ['id', 'object', 'created', 'model', 'type', 'index', 'sequence_number', 'usage']

function withoutField(data: unknown, field: string): unknown {
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== field))
}

/** Events that no API documents in this position, or that are not part of an answer. */
const strangers: readonly StreamEvent[] = [
  { data: '[DONE]' },
  { data: '' },
  { data: 'null' },
  { data: '5' },
  { data: '[]' },
  { data: '[null]' },
  { data: '{}' },
  { data: '{"a":1}' },
  { data: '{' },
  { data: '{"id":"c" "choices":[{"index":0}]}' },
  { data: 'not JSON' },
  { name: 'ping', data: { type: 'ping' } },
  { data: { choices: [] } },
  { data: { choices: null } },
  { data: { choices: [null] } },
  { data: { choices: {} } },
  { data: { choices: [{}] } },
  { data: { choices: [{ index: 0, delta: null, finish_reason: null }] } },
  { data: { choices: [{ index: 0, delta: 'text', finish_reason: '' }] } },
  { data: { choices: [{ index: 0, finish_reason: '', content_filter_results: {} }] } },
  { data: { choices: [], usage: null } },
  { data: { usage: { prompt_tokens: -5, completion_tokens: 1e308 } } },
  { data: { error: null } },
  { data: { error: 'overloaded' } },
  { data: { error: { message: 'overloaded', code: 529 } } },
  { data: { error: { error: { message: ['a', null] } } } },
  { data: { error: [] } },
  { name: 'error', data: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } },
  { name: 'error', data: { type: 'error' } },
  { name: 'error', data: 'overloaded' },
  { name: 'response.failed', data: { type: 'response.failed', response: { error: null } } },
  { name: 'response.failed', data: { type: 'response.failed' } },
  { name: 'content_block_stop', data: { type: 'content_block_stop', index: 7 } },
  { name: 'message_start', data: { type: 'message_start', message: null } },
  { data: { detail: [{ loc: ['a'], msg: 'x' }] } },
  { data: { type: 'constructor' } },
  { data: { type: '__proto__' } },
]
