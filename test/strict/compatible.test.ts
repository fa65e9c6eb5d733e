import { deepseekR1Violations, deepseekViolations } from './deepseek.ts'
import { geminiViolations } from './gemini.ts'
import { mistralViolations } from './mistral.ts'
import { accepts, refuses } from './verdicts.ts'

const user = { role: 'user', content: 'What is the weather in Oslo?' }
const system = { role: 'system', content: 'Be brief.' }
const parameters = { type: 'object', properties: { place: { type: 'string' } } }
const tools = [{ type: 'function', function: { name: 'weather', parameters } }]
const call = (id: string, more: object = {}) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: '{}' },
  ...more,
})
const calling = (...calls: object[]) => ({ role: 'assistant', content: '', tool_calls: calls })
const result = (id: string) => ({ role: 'tool', tool_call_id: id, name: 'weather', content: '4 degrees' })
const spoken = { role: 'assistant', content: 'Cold.' }
const signed = { extra_content: { google: { thought_signature: 'c2ln' } } }
const unknown = 'the service does not know this field'

const gemini = (fields: object = {}) => ({ model: 'gemini-3-pro-preview', messages: [user], ...fields })
const toGemini = (...messages: object[]) => gemini({ messages })

accepts(geminiViolations, {
  'a question': gemini({
    temperature: 1,
    max_tokens: 5,
    stop: ['x'],
    stream: true,
    stream_options: { include_usage: true },
  }),
  'signed calls': toGemini(system, user, calling(call('a', signed), call('b')), result('a'), result('b')),
  'two signed steps': toGemini(
    user,
    calling(call('a', signed)),
    result('a'),
    calling(call('b', signed)),
    result('b'),
  ),
  'unsigned calls of a turn that is over': toGemini(user, calling(call('a')), result('a'), spoken, user),
  'unsigned calls of an older model': {
    ...toGemini(user, calling(call('a')), result('a')),
    model: 'gemini-2.5-pro',
  },
  'several choices of an older model': { ...gemini({ n: 2 }), model: 'gemini-2.5-flash' },
})

refuses(geminiViolations, [
  ['Gemini: no store', gemini({ store: false }), `store: ${unknown}`],
  ['Gemini: no seed', gemini({ seed: 1 }), `seed: ${unknown}`],
  [
    'Gemini: the first call of a step is signed',
    toGemini(user, calling(call('a'), call('b', signed)), result('a'), result('b')),
    'messages[1].tool_calls[0]: the call must bring back its thought_signature',
  ],
  [
    'Gemini: as many results as calls',
    toGemini(user, calling(call('a', signed), call('b')), result('a')),
    'messages[1]: no tool message answers b',
  ],
  [
    'Gemini: results have the names of their tools',
    toGemini(user, calling(call('a', signed)), { ...result('a'), name: undefined }),
    'messages[2].name: Name cannot be empty',
  ],
  [
    'Gemini: fields of calls are known',
    toGemini(user, calling(call('a', { ...signed, index: 0 })), result('a')),
    `messages[1].tool_calls[0].index: ${unknown}`,
  ],
  ['Gemini: somebody asks', toGemini(system), 'messages: a message that is no system message is needed'],
  ['Gemini: one choice', gemini({ n: 2 }), 'n: this model gives one choice'],
  [
    'Gemini: lists have items',
    gemini({
      tools: [
        {
          type: 'function',
          function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'array' } } } },
        },
      ],
    }),
    'tools[0].function.parameters.properties.a: an array needs items',
  ],
  [
    'Gemini: names begin with a letter',
    gemini({ tools: [{ type: 'function', function: { name: '1st' } }] }),
    'tools[0].function.name: a name begins with a letter or underscore, 64 characters at most',
  ],
])

const deepseek = (fields: object = {}) => ({ model: 'deepseek-v4-pro', messages: [user], ...fields })
const toDeepseek = (...messages: object[]) => deepseek({ messages, tools })
const thinking = { reasoning_content: 'Look it up.' }

accepts(deepseekViolations, {
  'a question': deepseek({ unknown_field: 1, response_format: { type: 'text' } }),
  'a loop with thoughts': toDeepseek(user, { ...calling(call('a')), ...thinking }, result('a')),
  'a loop without thoughts of a model that does not think': {
    ...toDeepseek(user, calling(call('a')), result('a')),
    thinking: { type: 'disabled' },
  },
  'a turn without calls and without thoughts': toDeepseek(user, spoken, user),
})

refuses(deepseekViolations, [
  [
    'DeepSeek: thoughts of a loop come back',
    toDeepseek(user, calling(call('a')), result('a')),
    'messages[1]: reasoning_content must be passed back',
  ],
  [
    'DeepSeek: thoughts of a loop that is over come back',
    toDeepseek(user, { ...calling(call('a')), ...thinking }, result('a'), spoken, user),
    'messages[3]: reasoning_content must be passed back',
  ],
  [
    'DeepSeek: no choice is forced',
    deepseek({ tools, tool_choice: 'required' }),
    'tool_choice: must not force a tool while thinking',
  ],
  [
    'DeepSeek: no developer',
    toDeepseek({ role: 'developer', content: 'x' }, user),
    "messages[0].role: Invalid discriminator value. Expected 'system' | 'user' | 'assistant' | 'tool'",
  ],
  [
    'DeepSeek: no images',
    toDeepseek({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com' } }] }),
    "messages[0].content[0].type: Invalid discriminator value. Expected 'text'",
  ],
  [
    'DeepSeek: no schema of an answer',
    deepseek({ response_format: { type: 'json_schema', json_schema: {} } }),
    'response_format.type: this type of format is not available',
  ],
  ['DeepSeek: no empty tools', deepseek({ tools: [] }), 'tools: an empty list is refused'],
  [
    'DeepSeek: JSON is asked for',
    deepseek({ response_format: { type: 'json_object' } }),
    'response_format: the messages must say the word json',
  ],
  [
    'DeepSeek: calls have results',
    toDeepseek(user, { ...calling(call('a')), ...thinking }, user),
    'messages[1]: no tool message answers a',
  ],
])

refuses(deepseekR1Violations, [
  [
    'R1: no thoughts',
    toDeepseek(user, { ...spoken, ...thinking }),
    'messages[1].reasoning_content: thoughts must not come back',
  ],
  ['R1: roles alternate', toDeepseek(user, user), 'messages[1]: turns of users and assistants alternate'],
])

const mistral = (fields: object = {}) => ({ model: 'mistral-large-latest', messages: [user], ...fields })
const toMistral = (...messages: object[]) => mistral({ messages, tools })
const id = 'abcdefgh1'

accepts(mistralViolations, {
  'a question': mistral({ random_seed: 1, safe_prompt: true, stream: true }),
  calls: toMistral(system, user, calling(call(id)), result(id)),
  'a prefix': toMistral(user, { ...spoken, prefix: true }),
})

refuses(mistralViolations, [
  ['Mistral: fields are known', mistral({ seed: 1 }), `seed: ${unknown}`],
  ['Mistral: no stream options', mistral({ stream_options: {} }), `stream_options: ${unknown}`],
  [
    'Mistral: no thoughts as a field',
    toMistral(user, { ...spoken, ...thinking }, user),
    `messages[1].reasoning_content: ${unknown}`,
  ],
  [
    'Mistral: ids have nine letters',
    toMistral(user, calling(call('call_1')), result('call_1')),
    'messages[1].tool_calls[0].id: an id of a call has 9 letters or digits',
    'messages[2].tool_call_id: an id of a call has 9 letters or digits',
  ],
  [
    'Mistral: the assistant is not the last',
    toMistral(user, spoken),
    'messages[1].role: the last turn is of a user or a tool, or a prefix',
  ],
  [
    'Mistral: no user behind a tool',
    toMistral(user, calling(call(id)), result(id), user),
    'messages[3].role: user must not follow tool',
  ],
  [
    'Mistral: no system behind an assistant',
    toMistral(user, spoken, system, user),
    'messages[2].role: system must not follow assistant',
  ],
  [
    'Mistral: a turn says something',
    toMistral(user, { ...spoken, content: '' }, user),
    'messages[1]: a turn of the assistant needs content or calls',
  ],
])
