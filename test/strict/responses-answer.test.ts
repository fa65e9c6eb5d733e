import { event } from '../fake-messages.ts'
import { call, eventsOf as responseEvents, responseOf, said } from '../fake-responses.ts'
import { answerViolations } from './answers.ts'
import { but, changed, placeOf } from './frames.ts'
import type { Frames } from './frames.ts'
import { accepts, refuses } from './verdicts.ts'

const check = (body: unknown) => answerViolations('responses', String(body))

type Json = Record<string, unknown>

const response = responseOf([said('Hello there'), call])
const events = responseEvents(response)
const find = (type: string) => placeOf(events, `response.${type}`)
/** Renumbers events, so that one rule is broken at a time. */
const numbered = (frames: Frames) =>
  frames.map((frame, sequence_number) => changed(frame, { sequence_number })).join('')
const without = (type: string, ...instead: Frames) => numbered(events.toSpliced(find(type), 1, ...instead))
const last = events.length - 1
const ended = (fields: Json) =>
  numbered([...events.slice(0, -1), changed(events[last]!, { response: { ...response, ...fields } })])
const error = event('error', { code: 'server_error', message: 'Broke off', param: null })

const thinking = responseEvents(
  responseOf([{ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] }]),
)
accepts(check, {
  'a stream': events.join(''),
  'a stream with thoughts': numbered(thinking),
  'a stream that ends early': responseEvents(responseOf('Hi', { reason: 'max_output_tokens' })).join(''),
  'a stream that breaks off with an error': numbered([...events.slice(0, 5), error]),
  'a stream with both signs of a failure': numbered([
    ...events.slice(0, 5),
    error,
    event('response.failed', {
      response: { ...response, status: 'failed', output: [], error: { code: 'server_error', message: 'x' } },
    }),
  ]),
  'an item of a type named like a method': JSON.stringify(responseOf([{ id: 'x_1', type: 'constructor' }])),
  'a whole': JSON.stringify(response),
  'an error': JSON.stringify({ error: { message: 'No', type: 'invalid_request_error' } }),
})

refuses(check, [
  ['a stream begins', numbered(events.slice(1)), 'events[0]: response.created comes first'],
  ['a stream ends', numbered(events.slice(0, -1)), 'body: no event ends the response'],
  [
    'events are numbered',
    but(events, 3, changed(events[3]!, { sequence_number: 9 })),
    'events[3].sequence_number: counts from 0 by one: 3 is due',
  ],
  [
    'nothing follows the end',
    numbered([...events, events[1]!]),
    `events[${last + 1}]: nothing follows response.completed`,
  ],
  [
    'items are closed',
    without('output_item.done'),
    `events[${last - 1}].response: the item msg_1 is not done`,
    `events[${last - 1}].response.output[0]: is not the item that was told`,
  ],
  [
    'an end holds all items',
    ended({ output: [response.output[0]] }),
    `events[${last}].response.output: must have the 2 items that were told`,
  ],
  [
    'an end has its status',
    ended({ status: 'in_progress' }),
    `events[${last}].response.status: must be completed`,
  ],
  [
    'a response keeps its id',
    ended({ id: 'resp_2' }),
    `events[${last}].response.id: a response keeps its id`,
  ],
  [
    'a done text is what was told',
    numbered(
      events.toSpliced(
        find('output_text.done'),
        1,
        changed(events[find('output_text.done')]!, { text: 'Bye' }),
      ),
    ),
    `events[${find('output_text.done')}]: is not the text of the deltas`,
    `events[${find('output_item.done')}].item: does not hold the text of content 0`,
  ],
  [
    'a part is opened',
    without('content_part.added'),
    ...[...Array(events.slice(find('output_text.delta'), find('content_part.done') + 1).length).keys()].map(
      offset => `events[${find('content_part.added') + offset}]: the part content 0 is not open`,
    ),
  ],
  [
    'a part is closed',
    without('content_part.done'),
    `events[${find('output_item.done') - 1}]: the part content 0 is open`,
  ],
  [
    'figures are there',
    JSON.stringify({ ...response, usage: { ...response.usage, input_tokens_details: undefined } }),
    'usage.input_tokens_details: Invalid input: expected object, received undefined',
  ],
  [
    'ids of items are unique',
    JSON.stringify(responseOf([said('a'), said('b')])),
    'output[1].id: ids of items are unique',
  ],
  [
    'an incomplete one says why',
    JSON.stringify({ ...response, status: 'incomplete' }),
    'incomplete_details: says why it is incomplete',
  ],
  [
    'annotations are a list',
    JSON.stringify(responseOf([{ ...said('a'), content: [{ type: 'output_text', text: 'a' }] }])),
    'output[0].content[0].annotations: Invalid input: expected array, received undefined',
  ],
])
