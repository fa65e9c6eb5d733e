import t from 'tap'
import {
  asked,
  assistant,
  from,
  hour,
  mark,
  opus,
  result,
  said,
  text,
  thinking,
  thought,
  tool,
  tools,
  use,
  user,
} from './anthropic-requests.ts'
import { anthropicViolations, countViolations } from './anthropic.ts'
import { accepts, refuses } from './verdicts.ts'

const formatted = (schema: object) => asked({ output_config: { format: { type: 'json_schema', schema } } })

accepts(anthropicViolations, {
  'a question': asked(),
  'a whole request': asked({
    system: [text('Be kind', mark)],
    temperature: 0.2,
    top_k: 4,
    stop_sequences: ['END'],
    tools,
  }),
  'calls and results': said(
    user,
    assistant(text('Yes'), use('a'), use('b')),
    from(result('b'), result('a'), text('?')),
  ),
  'results in two turns of the user': said(
    user,
    assistant(use('a'), use('b')),
    from(result('a')),
    from(result('b')),
  ),
  'two turns of the user': said(user, user),
  'a turn to go on from': said(user, assistant(text('It is'))),
  'an empty last turn': said(user, assistant()),
  'an empty result': said(user, assistant(use('a')), from({ type: 'tool_result', tool_use_id: 'a' })),
  thinking: asked({ thinking, tools, tool_choice: { type: 'auto' } }),
  'thinking in a loop': { ...said(user, assistant(thought, use('a')), from(result('a'))), thinking },
  'thinking in the first step of a loop': {
    ...said(user, assistant(thought, use('a')), from(result('a')), assistant(use('b')), from(result('b'))),
    thinking,
  },
  'thinking that is over': said(user, assistant(thought, text('Cold.')), user),
  'adaptive thinking of a newer model': opus({
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high' },
  }),
  'a system turn of a newer model': opus({ messages: [user, { role: 'system', content: 'Be brief.' }] }),
  'an image and a document': said(
    from(
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
      { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' }, title: 'A' },
    ),
  ),
  'tools of the service': asked({
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }],
  }),
  'four marks': asked({
    tools: [{ ...tools[0], ...hour }],
    system: [text('a', hour), text('b', mark)],
    messages: [from(text('c', mark))],
  }),
  'null for no type of tool': tool({ type: null }),
  'a maximum that fills the cache only': asked({ max_tokens: 0 }),
  'a schema of closed objects': formatted({ type: 'object', properties: {}, additionalProperties: false }),
})

const unknown = 'the service does not know this field'
const closed = { type: 'object', properties: {}, additionalProperties: false }
const open = { type: 'object', properties: {} }
const blank = 'a block of text must not be blank'
const place = 'messages[1].content[0]'

refuses(anthropicViolations, [
  ['fields are known', asked({ n: 1 }), `n: ${unknown}`],
  [
    'objects of a schema are closed',
    formatted({ ...closed, properties: { a: { type: ['object', 'null'] } } }),
    'output_config.format.schema.properties.a: an object has additionalProperties: false',
  ],
  [
    'objects of strict tools are closed',
    tool({ strict: true, input_schema: open }),
    'tools[0].input_schema: an object has additionalProperties: false',
  ],
  [
    'limits have no place in a schema',
    formatted({ ...closed, properties: { a: { type: 'array', items: { maxLength: 3 }, minItems: 2 } } }),
    'output_config.format.schema.properties.a.minItems: is 0 or 1',
    'output_config.format.schema.properties.a.items.maxLength: is not supported',
  ],
  [
    'a maximum is required',
    { ...asked(), max_tokens: undefined },
    'max_tokens: Invalid input: expected number, received undefined',
  ],
  [
    'beta fields need their header',
    asked({ context_management: { edits: [] } }),
    `context_management: ${unknown}`,
  ],
  [
    'fields of blocks are known',
    said(from(text('a', { name: 'x' }))),
    `messages[0].content[0].name: ${unknown}`,
  ],
  [
    'the first turn is the user’s',
    said(assistant(text('Hi')), user),
    "messages[0].role: the first turn is the user's",
  ],
  [
    'an older model has no system turns',
    said(user, { role: 'system', content: 'x' }),
    'messages[1].role: system belongs at the top level',
  ],
  ['a turn is not empty', said(user, assistant(), user), 'messages[1].content: must not be empty'],
  ['text is not empty', said(user, assistant(text('')), user), `${place}: ${blank}`],
  ['text is not blank', said(user, assistant(text('\n\n')), user), `${place}: ${blank}`],
  ['a text alone is not blank', said({ role: 'user', content: ' ' }), `messages[0].content: ${blank}`],
  ['system text is not blank', asked({ system: [text(' ')] }), `system[0].text: ${blank}`],
  [
    'the last turn ends in a word',
    said(user, assistant(text('It is '))),
    `${place}: the last turn must not end in white space`,
  ],
  [
    'a newer model wants the user last',
    opus({ messages: [user, assistant(text('It is'))] }),
    "messages[1]: this model wants the user's turn last",
  ],
  ['calls have results', said(user, assistant(use('a')), user), 'messages[1]: no result follows for a'],
  ['the last calls have results', said(user, assistant(use('a'))), 'messages[1]: no result follows for a'],
  [
    'results have calls',
    said(user, assistant(text('Hi')), from(result('a'))),
    'messages[2].content[0]: no call of the turn before has the id a',
  ],
  [
    'a call has one result',
    said(user, assistant(use('a')), from(result('a'), result('a'))),
    'messages[2].content[1]: a second result for a',
  ],
  [
    'results come first',
    said(user, assistant(use('a')), from(text('So'), result('a'))),
    'messages[2].content[1]: results come first in a turn',
  ],
  [
    'ids of calls are unique',
    said(user, assistant(use('a')), from(result('a')), assistant(use('a')), from(result('a'))),
    'messages[3].content[0].id: ids of calls are unique in a conversation',
  ],
  [
    'calls are the model’s',
    said(from(use('a'))),
    'messages[0].content[0]: tool_use stands in turns of the assistant only',
  ],
  [
    'ids of calls are simple',
    said(user, assistant(use('a:1')), from(result('a:1'))),
    'messages[1].content[0].id: an id has letters, digits, underscores and dashes only',
    'messages[2].content[0].tool_use_id: an id has letters, digits, underscores and dashes only',
  ],
  [
    'input of a call is an object',
    said(user, assistant({ ...use('a'), input: null }), from(result('a'))),
    'messages[1].content[0].input: Invalid input: expected record, received null',
  ],
  [
    'names of tools are simple',
    tool({ name: 'a.b' }),
    'tools[0].name: a name has 1 to 128 letters, digits, _ or -',
  ],
  [
    'names of tools are unique',
    asked({ tools: [...tools, ...tools] }),
    'tools[1].name: names of tools are unique',
  ],
  [
    'schemas are objects',
    tool({ input_schema: { type: 'string' } }),
    'tools[0].input_schema.type: Invalid input: expected "object"',
  ],
  [
    'schemas are no unions',
    tool({ input_schema: { type: 'object', anyOf: [] } }),
    'tools[0].input_schema.anyOf: not allowed at the root of a schema',
  ],
  [
    'a choice needs tools',
    asked({ tool_choice: { type: 'auto' } }),
    'tool_choice: only allowed where tools are given',
  ],
  [
    'a forced tool is offered',
    asked({ tools, tool_choice: { type: 'tool', name: 'other' } }),
    'tool_choice.name: no such tool is offered',
  ],
  [
    'marks are few',
    said(from(...['a', 'b', 'c', 'd', 'e'].map(each => text(each, mark)))),
    'messages[0].content[4].cache_control: at most 4 blocks have cache_control',
  ],
  [
    'long lives of marks come first',
    asked({ system: [text('a', mark)], messages: [from(text('b', hour))] }),
    'messages[0].content[0].cache_control: an hour must not come after five minutes',
  ],
  [
    'stop sequences are not blank',
    asked({ stop_sequences: ['\n'] }),
    'stop_sequences[0]: a stop sequence must not be blank',
  ],
  [
    'images have a type that is known',
    said(from({ type: 'image', source: { type: 'base64', media_type: 'image/svg+xml', data: 'aGk=' } })),
    'messages[0].content[0].source.media_type: Invalid option: expected one of "image/jpeg"|"image/png"|"image/gif"|"image/webp"',
  ],
  [
    'blocks are known',
    said(from({ type: 'image_url', image_url: { url: 'https://example.com' } })),
    'messages[0].content[0].type: the service does not know this type of block',
  ],
  ['metadata is a user', asked({ metadata: { session: 'x' } }), `metadata.session: ${unknown}`],
])

refuses(countViolations, [['counting takes no maximum', asked(), `max_tokens: ${unknown}`]])

void t.test('the header of a beta permits its field', t => {
  const body = asked({ context_management: { edits: [] } })
  t.same(anthropicViolations(body, ['context-management-2025-06-27']), [])
  t.end()
})
