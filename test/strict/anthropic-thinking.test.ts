import t from 'tap'
import {
  asked,
  assistant,
  from,
  mark,
  opus,
  result,
  said,
  text,
  thinking,
  thought,
  tools,
  use,
  user,
} from './anthropic-requests.ts'
import { anthropicViolations } from './anthropic.ts'
import { refuses } from './verdicts.ts'

const unknown = 'the service does not know this field'
const place = 'messages[1].content[0]'

refuses(anthropicViolations, [
  [
    'thinking is signed',
    said(user, assistant({ ...thought, signature: '' }, text('Hi')), user),
    `${place}.signature: thinking is only taken back with its signature`,
  ],
  [
    'thinking has its signature',
    said(user, assistant({ type: 'thinking', thinking: 'x' }, text('Hi')), user),
    `${place}.signature: Invalid input: expected string, received undefined`,
  ],
  [
    'thinking has no mark',
    said(user, assistant({ ...thought, ...mark }, text('Hi')), user),
    `${place}.cache_control: ${unknown}`,
  ],
  [
    'with thinking on, a loop begins with a thought',
    { ...said(user, assistant(use('a')), from(result('a'))), thinking },
    'messages[1]: with thinking on, the turn must begin with a block of thinking',
  ],
  [
    'a budget is large enough',
    asked({ thinking: { type: 'enabled', budget_tokens: 1023 } }),
    'thinking.budget_tokens: a budget is 1024 at least',
  ],
  [
    'a budget is below the maximum',
    asked({ thinking, max_tokens: 1024 }),
    'max_tokens: must be greater than thinking.budget_tokens',
  ],
  [
    'thinking has one temperature',
    asked({ thinking, temperature: 0 }),
    'temperature: must be 1 while thinking',
  ],
  ['thinking has no top_k', asked({ thinking, top_k: 5 }), 'top_k: must be absent while thinking'],
  [
    'thinking has a high top_p',
    asked({ thinking, top_p: 0.5 }),
    'top_p: must be 0.95 at least while thinking',
  ],
  [
    'thinking is not forced into a tool',
    asked({ thinking, tools, tool_choice: { type: 'any' } }),
    'tool_choice: thinking allows auto and none only',
  ],
  ['a newer model thinks adaptively', opus({ thinking }), 'thinking.type: this model thinks adaptively only'],
  [
    'a newer model has no temperature',
    opus({ temperature: 0.5 }),
    'temperature: this model does not take it',
  ],
  ['a newer model has no top_k', opus({ top_k: 5 }), 'top_k: this model does not take it'],
  [
    'temperature and top_p exclude one another',
    asked({ temperature: 0.5, top_p: 0.5 }),
    'top_p: not together with temperature',
  ],
  ['temperatures end at 1', asked({ temperature: 1.5 }), 'temperature: Too big: expected number to be <=1'],
])

void t.test('thinking between calls may exceed the maximum of one answer', t => {
  const body = asked({ thinking, max_tokens: 1024, tools })
  t.same(anthropicViolations(body, ['interleaved-thinking-2025-05-14']), [])
  t.end()
})
