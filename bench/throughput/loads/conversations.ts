// Conversations as agents and chats send them, the same ones in every run.

/** Messages, and the tools that the model may call. */
export interface Conversation {
  readonly messages: readonly object[]
  readonly tools?: readonly object[]
}

const sentence =
  'The balancer keeps “weights” per provider, and a call that fails moves to the next one before the client notices. '

/** A chat of some length in bytes: questions and answers of a kilobyte or so in turn. */
export function history(bytes: number): Conversation {
  const messages: object[] = [{ role: 'system', content: 'You are brief.' }]
  for (let length = 0, turn = 0; length < bytes; turn++) {
    const content = `${turn}. ${sentence.repeat(turn % 2 === 0 ? 3 : 12)}`
    length += Buffer.byteLength(content) + 40
    messages.push({ role: turn % 2 === 0 ? 'user' : 'assistant', content })
  }
  // The last word is the user's.
  messages.push({ role: 'user', content: 'And what does that cost?' })
  return { messages }
}

/** The session of an agent that edits code: long instructions, tools, and calls with the files that they returned. */
export function agentSession(bytes: number): Conversation {
  const instructions = `You are an agent that edits code.\n${sentence.repeat(100)}`
  const messages: object[] = [
    { role: 'system', content: instructions },
    { role: 'user', content: 'Fix the failing test of the balancer, and say why it failed.' },
  ]
  const tools = toolNames.map(toolOf)
  let length = JSON.stringify({ messages, tools }).length
  for (let turn = 0; length < bytes; turn++) {
    const next = toolTurn(turn)
    length += JSON.stringify(next).length
    messages.push(...next)
  }
  return { messages, tools }
}

const toolNames = [
  'read_file write_file edit_file list_files search_files run_command read_output stop_command fetch_page search_web',
  'read_notebook edit_notebook make_plan update_plan ask_user start_task read_task end_task read_image report',
].flatMap(names => names.split(' '))

function toolOf(name: string): object {
  const text = { type: 'string', description: sentence }
  return {
    type: 'function',
    function: {
      name,
      description: `${name.replace('_', ' ')}: ${sentence.repeat(4)}`,
      parameters: {
        type: 'object',
        properties: {
          path: text,
          pattern: text,
          lines: { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: 2 },
          mode: { type: 'string', enum: ['text', 'bytes', 'summary'], description: sentence },
        },
        required: ['path'],
        additionalProperties: false,
      },
    },
  }
}

/** A call of a tool, and the file of about 6 KB that it returns. */
function toolTurn(turn: number): object[] {
  const id = `call_${String(turn).padStart(24, '0')}`
  const args = JSON.stringify({ path: `src/part-${turn}/balancer.ts`, lines: [1, 120], mode: 'text' })
  const line = (index: number) =>
    `${index + 1}\t  const share${index} = weights.get("provider-${index}") ?? 0 // part ${turn}\n`
  return [
    {
      role: 'assistant',
      content: `I read part ${turn}. ${sentence}`,
      tool_calls: [{ id, type: 'function', function: { name: 'read_file', arguments: args } }],
    },
    {
      role: 'tool',
      tool_call_id: id,
      content: Array.from({ length: 90 }, (_, index) => line(index)).join(''),
    },
  ]
}
