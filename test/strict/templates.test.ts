import { alternatingViolations, qwenViolations } from './templates.ts'
import { accepts, refuses } from './verdicts.ts'

const user = { role: 'user', content: 'What is the weather in Oslo?' }
const system = { role: 'system', content: 'Be brief.' }
const spoken = { role: 'assistant', content: 'Cold.' }
const calling = (text = '{}') => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: text } }],
})
const result = { role: 'tool', tool_call_id: 'a', content: '4 degrees' }
const said = (...messages: object[]) => ({ model: 'm', messages })
const first = 'a system message stands first and alone'

accepts(qwenViolations, {
  'a question': { ...said(system, user), top_k: 3, stream: true, stream_options: {} },
  'a loop': said(system, user, calling('{"place":"Oslo"}'), result, user),
  'two turns of a user': said(user, user),
})

refuses(qwenViolations, [
  ['Qwen: one system message', said(system, system, user), `messages[1].role: ${first}`],
  ['Qwen: no system message in the middle', said(user, spoken, system, user), `messages[2].role: ${first}`],
  ['Qwen: a user asks', said(system, spoken), 'messages: a message of a user is needed'],
  [
    'Qwen: no developer',
    said({ ...system, role: 'developer' }, user),
    'messages[0].role: the template does not know this role',
  ],
  ...['null', '', '{"place"', '[]'].map(
    text =>
      [
        `Qwen: arguments are an object, not ${JSON.stringify(text)}`,
        said(user, calling(text), result),
        'messages[1].tool_calls[0].function.arguments: must be the JSON of an object',
      ] as const,
  ),
  [
    'Qwen: nothing is no content',
    said(user, { role: 'assistant', content: null }, user),
    'messages[1].content: must be a string or a list of parts',
  ],
  [
    'Qwen: two turns do not end it',
    said(user, spoken, spoken),
    'messages[2]: two turns of the assistant must not end the conversation',
  ],
  [
    'Qwen: stream options need a stream',
    { ...said(user), stream_options: {} },
    'stream_options: only allowed where stream is true',
  ],
])

accepts(alternatingViolations, {
  turns: said(system, user, spoken, user),
  'a loop between turns': said(user, calling(), result, spoken, user),
})

refuses(alternatingViolations, [
  ['alternating: no two users', said(user, user), 'messages[1].role: turns of user and assistant alternate'],
  [
    'alternating: no user behind a result',
    said(user, calling(), result, user),
    'messages[3].role: turns of user and assistant alternate',
  ],
  [
    'alternating: a user begins',
    said(system, spoken, user),
    "messages[1].role: the first turn is the user's",
  ],
])
