const args = '{"path":"a.txt"}'
const thought = 'I should look.'
/** Makes every body one of those that are checked before they are parsed, whose work is another. */
const long = 'x'.repeat(1024 * 1024)

/** A round of turns by the user, the model, a tool and the model again, as clients of each API send it. */
const rounds = {
  chat: (index: number) => [
    { role: 'user', content: `Look at ${index}` },
    {
      role: 'assistant',
      content: null,
      reasoning_content: thought,
      tool_calls: [{ id: `call_${index}`, type: 'function', function: { name: 'read', arguments: args } }],
    },
    { role: 'tool', tool_call_id: `call_${index}`, content: `Text ${index}` },
    { role: 'assistant', content: `It is ${index}` },
  ],
  messages: (index: number) => [
    { role: 'user', content: `Look at ${index}` },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: thought, signature: 'c2ln' },
        { type: 'tool_use', id: `toolu_${index}`, name: 'read', input: JSON.parse(args) as object },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: `toolu_${index}`, content: `Text ${index}` }],
    },
    { role: 'assistant', content: [{ type: 'text', text: `It is ${index}` }] },
  ],
  responses: (index: number) => [
    { role: 'user', content: [{ type: 'input_text', text: `Look at ${index}` }] },
    { type: 'reasoning', id: `rs_${index}`, summary: [{ type: 'summary_text', text: thought }] },
    { type: 'function_call', call_id: `call_${index}`, name: 'read', arguments: args },
    { type: 'function_call_output', call_id: `call_${index}`, output: `Text ${index}` },
    { role: 'assistant', content: [{ type: 'output_text', text: `It is ${index}` }] },
  ],
}

function historyOf(api: keyof typeof rounds, turns: number): object[] {
  const all = Array.from({ length: turns / 4 }, (_, index) => rounds[api](index)).flat()
  return [...all, { role: 'user', content: long }]
}

/** A request with so many turns behind it: its path, and the fields of its body. */
export const bodies = {
  chat: turns => ['chat/completions', { messages: historyOf('chat', turns) }],
  messages: turns => ['messages', { max_tokens: 9, messages: historyOf('messages', turns) }],
  responses: turns => ['responses', { input: historyOf('responses', turns) }],
  completions: turns => {
    const said = Array.from(
      { length: turns },
      (_, index) => `${index % 2 === 0 ? 'User' : 'Bot'}: ${index}\n`,
    )
    return ['completions', { prompt: said.join('') + long }]
  },
} satisfies Record<string, (turns: number) => readonly [path: string, fields: object]>
