import { event, eventsOf as messageEvents, messageOf } from '../fake-messages.ts'
import { answerViolations } from './answers.ts'
import { but, changed, placeOf } from './frames.ts'
import { accepts, refuses } from './verdicts.ts'

const check = (body: unknown) => answerViolations('messages', String(body))

type Json = Record<string, unknown>

const use = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { place: 'Oslo' } }
const thought = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }
const spoken = messageEvents('Hi')
const used = messageEvents([use])
const start = placeOf(spoken, 'content_block_start')
const stop = placeOf(spoken, 'content_block_stop')
const delta = placeOf(spoken, 'message_delta')
const broken = event('error', { error: { type: 'api_error', message: 'Broke off' } })
const message = (fields: Json = {}) => JSON.stringify({ ...messageOf('Hi'), stop_sequence: null, ...fields })
const isDue = 'is not due here'

accepts(check, {
  'a stream': spoken.join(''),
  'a stream of all blocks': messageEvents([
    thought,
    { type: 'text', text: 'Hi' },
    use,
    { ...use, id: 'b', input: {} },
  ]).join(''),
  'a stream that breaks off with an error': spoken.slice(0, start + 1).join('') + broken,
  'an error at once': broken,
  'an input that a limit cut': [
    ...used.slice(0, placeOf(used, 'content_block_delta') + 2),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 1 } }),
    event('message_stop', {}),
  ].join(''),
  'a whole': message(),
  'a whole with a call': JSON.stringify(messageOf([thought, use])),
  'an error': JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Later' } }),
})

refuses(check, [
  [
    'a stream starts',
    but(spoken, 0),
    ...[
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ].map((type, index) => `events[${index + 1}]: ${type} ${isDue}`),
    'body: message_stop is missing',
  ],
  ['a stream stops', spoken.slice(0, -1).join(''), 'body: message_stop is missing'],
  [
    'blocks close before the end',
    but(spoken, stop),
    `events[${stop}]: message_delta ${isDue}`,
    `events[${stop + 1}]: message_stop ${isDue}`,
    'body: message_stop is missing',
  ],
  [
    'one block is open at a time',
    but(spoken, stop, spoken[start]!, spoken[stop]!),
    `events[${stop}]: content_block_start ${isDue}`,
  ],
  [
    'blocks are counted',
    but(spoken, start, changed(spoken[start]!, { index: 1 })),
    `events[${start}].index: blocks are counted from 0`,
    `events[${start + 1}].index: this block is not open`,
    `events[${stop}].index: this block is not open`,
  ],
  [
    'changes are of the open block',
    but(spoken, start + 1, changed(spoken[start + 1]!, { index: 5 })),
    `events[${start + 1}].index: this block is not open`,
  ],
  [
    'changes are of the kind of the block',
    but(
      spoken,
      start + 1,
      changed(spoken[start + 1]!, { delta: { type: 'input_json_delta', partial_json: '' } }),
    ),
    `events[${start + 1}].delta.type: does not belong to a block of text`,
  ],
  [
    'names are types',
    but(spoken, start, spoken[start]!.replace('event: content_block_start', 'event: message')),
    `events[${start}].event: is not the type of the data`,
  ],
  [
    'a type named like a method is no type',
    but(spoken, delta, event('constructor', {})),
    `events[${delta}].type: clients do not know constructor`,
    `events[${delta + 1}]: message_stop is not due here`,
    'body: message_stop is missing',
  ],
  ['nothing follows the end', spoken.join('') + broken, `events[${spoken.length}]: nothing follows the end`],
  [
    'a stop has a reason',
    but(spoken, delta, event('message_delta', { delta: { stop_reason: null }, usage: { output_tokens: 1 } })),
    `events[${delta}].delta.stop_reason: Invalid option: expected one of "end_turn"|"max_tokens"|"stop_sequence"|"tool_use"|"pause_turn"|"refusal"|"model_context_window_exceeded"`,
  ],
  [
    'an input is whole',
    but(used, placeOf(used, 'content_block_delta') + 1),
    `events[${placeOf(used, 'content_block_stop') - 1}]: the input is not the JSON of an object`,
  ],
  ['tool_use needs a tool', message({ stop_reason: 'tool_use' }), 'stop_reason: no tool was called'],
  [
    'there are no citations of null',
    message({ content: [{ type: 'text', text: 'Hi', citations: null }] }),
    'content[0].citations: Invalid input: expected array, received null',
  ],
  [
    'an input is an object',
    message({ content: [{ ...use, input: null }] }),
    'content[0].input: Invalid input: expected record, received null',
  ],
  [
    'figures are numbers',
    message({ usage: { input_tokens: null, output_tokens: 1 } }),
    'usage.input_tokens: Invalid input: expected number, received null',
  ],
])
