import t from 'tap'
import { configSchema } from '../../../src/config/schema.ts'
import type { StreamEvent } from '../../../src/dialects/dialect.ts'
import { responses } from '../../../src/dialects/responses/responses.ts'
import { chunk, completion } from '../answers.ts'

const { limits } = configSchema.parse({})
const options = { aliases: new Set<string>(), limits, defaultModel: undefined }

function read(body: object) {
  return responses.read({ model: 'm', input: 'Hi', ...body }, options)
}

function requestOf(body: object) {
  const { request, source } = read(body).requests[0]
  if (source?.only) throw source.only
  return request
}

const log = { type: 'function', name: 'log', parameters: { type: 'object', properties: {} } }
const git = { type: 'namespace', name: 'mcp__git', description: 'git', tools: [log] }
const patch = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files.',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
}
const search = { type: 'web_search', external_web_access: true }
const servers = [
  search,
  { type: 'image_generation' },
  { type: 'code_interpreter', container: { type: 'auto' } },
  { type: 'file_search', vector_store_ids: [] },
  { type: 'computer_use_preview' },
  { type: 'mcp', server_label: 'x' },
  { type: 'of_the_future' },
]

function namesOf(body: object): unknown[] {
  const tools = requestOf(body)['tools'] as { function: { name: string } }[] | undefined
  return (tools ?? []).map(tool => tool.function.name)
}

/** A call by the model, as an item of a whole answer and of a stream. */
function callBack(body: object, name: string, args: string): [unknown, readonly StreamEvent[]] {
  const calls = { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name, arguments: args } }] }
  const whole = read(body).encoder.completion(completion(calls, 'tool_calls')) as { output: unknown[] }
  const { encoder } = read({ ...body, stream: true })
  const chunks = [chunk(calls), chunk({}, 'tool_calls')]
  const events = [...chunks.flatMap(one => encoder.chunk(one)), ...encoder.end(chunks[0]!, undefined)]
  return [whole.output[0], events]
}

t.test('a call begins without arguments, since clients append the pieces that follow', async t => {
  const started = (tool: object, name: string, args: string) => {
    const [, events] = callBack({ tools: [tool] }, name, args)
    return events.find(event => event['type'] === 'response.output_item.added')?.['item']
  }
  t.match(started(log, 'log', '{"n":1}'), { type: 'function_call', name: 'log', arguments: '' })
  t.match(started(patch, 'apply_patch', '{"input":"x"}'), { type: 'custom_tool_call', input: '' })
})

t.test('functions of a namespace get unique names, and calls come back with the namespace', async t => {
  const body = { tools: [log, git, { ...git, name: 'mcp__hg' }] }
  t.same(namesOf(body), ['log', 'mcp__git__log', 'mcp__hg__log'])
  const [item, events] = callBack(body, 'mcp__git__log', '{"n":1}')
  const call = {
    type: 'function_call',
    call_id: 'a',
    name: 'log',
    namespace: 'mcp__git',
    arguments: '{"n":1}',
  }
  t.match(item, call)
  t.match(events.find(event => event['type'] === 'response.output_item.done')?.['item'], call)
  const input = [
    { role: 'user', content: 'Hi' },
    { type: 'function_call', call_id: 'a', name: 'log', namespace: 'mcp__git', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: 'done' },
  ]
  t.match(requestOf({ ...body, input }).messages[1], {
    tool_calls: [{ function: { name: 'mcp__git__log' } }],
  })
  t.match(requestOf({ input }).messages[1], { tool_calls: [{ function: { name: 'mcp__git__log' } }] })
})

t.test('names that clash or are too long for a service are replaced, and restored in calls', async t => {
  const taken = { ...log, name: 'mcp__git__log' }
  t.same(namesOf({ tools: [git, taken] }), ['mcp__git__log', 'mcp__git__log_2'])
  const long = { type: 'namespace', name: 'n'.repeat(60), tools: [log, { ...log, name: 'lög of all' }] }
  const names = namesOf({ tools: [long] }) as string[]
  t.equal(new Set(names).size, 2)
  for (const name of names) t.match(name, /^[\w-]{1,64}$/)
  t.match(callBack({ tools: [long] }, names[0]!, '{}')[0], { name: 'log', namespace: 'n'.repeat(60) })
})

t.test(
  'a custom tool becomes a function with one string, and its call comes back as that of a custom tool',
  async t => {
    const body = { tools: [patch] }
    const [tool] = requestOf(body)['tools'] as object[]
    t.match(tool, {
      type: 'function',
      function: {
        name: 'apply_patch',
        description: 'Edits files.\n\nThe input must match this grammar (lark):\nstart: "x"',
        parameters: { required: ['input'] },
      },
    })
    const [item, events] = callBack(body, 'apply_patch', '{"input":"*** Begin"}')
    const call = {
      id: 'ctc_1_0',
      type: 'custom_tool_call',
      call_id: 'a',
      name: 'apply_patch',
      input: '*** Begin',
    }
    t.match(item, call)
    t.same(
      events.map(event => event['type']),
      [
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.custom_tool_call_input.delta',
        'response.custom_tool_call_input.done',
        'response.output_item.done',
        'response.completed',
      ],
    )
    t.match(events[3], { item_id: 'ctc_1_0', delta: '*** Begin' })
    t.match(events[5]?.['item'], call)
    t.match(callBack(body, 'apply_patch', '*** Begin')[0], { input: '*** Begin' }, 'said without its form')
    const renamed = callBack(body, 'apply_patch', '{"patch":"*** Begin"}')[0] as { input: string }
    t.equal(renamed.input, '*** Begin', 'under a name that the model has learned')
    for (const text of ['{"path":"a","patch":"b"}', '{"patch":["a"]}'])
      t.equal((callBack(body, 'apply_patch', text)[0] as { input: string }).input, text)
    const input = [
      { type: 'custom_tool_call', call_id: 'a', name: 'apply_patch', input: '*** Begin' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' },
    ]
    t.match(requestOf({ ...body, input }).messages, [
      { tool_calls: [{ id: 'a', function: { name: 'apply_patch', arguments: '{"input":"*** Begin"}' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
    ])
  },
)

t.test(
  'tools that the client runs become functions, and their calls come back in their own form',
  async t => {
    const body = { tools: [{ type: 'local_shell' }, { type: 'shell' }, { type: 'apply_patch' }, patch] }
    t.same(namesOf(body), ['local_shell', 'shell', 'apply_patch', 'apply_patch_2'])
    t.match(callBack(body, 'local_shell', '{"command":["ls"]}')[0], {
      type: 'local_shell_call',
      call_id: 'a',
      action: { type: 'exec', command: ['ls'], env: {} },
    })
    t.match(callBack(body, 'shell', '{"commands":["ls"]}')[0], {
      type: 'shell_call',
      action: { commands: ['ls'] },
    })
    t.match(callBack(body, 'apply_patch_2', '{"input":"x"}')[0], {
      type: 'custom_tool_call',
      name: 'apply_patch',
    })
    const input = [
      { type: 'local_shell_call', call_id: 'a', action: { type: 'exec', command: ['ls'] } },
      { type: 'local_shell_call_output', id: 'a', output: 'a.txt' },
      { type: 'shell_call', call_id: 'b', action: { commands: ['ls'] } },
      { type: 'shell_call_output', call_id: 'b', output: [{ stdout: 'a.txt' }] },
    ]
    t.match(requestOf({ ...body, input }).messages, [
      { tool_calls: [{ id: 'a', function: { name: 'local_shell' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'a.txt' },
      { tool_calls: [{ id: 'b', function: { name: 'shell' } }] },
      { role: 'tool', tool_call_id: 'b', content: '[{"stdout":"a.txt"}]' },
    ])
  },
)

t.test("tools that only OpenAI's servers run are left out, with the fields about them", async t => {
  t.same(namesOf({ tools: [log, ...servers], tool_choice: 'auto' }), ['log'])
  const { tools, tool_choice, parallel_tool_calls } = requestOf({
    tools: servers,
    tool_choice: 'auto',
    parallel_tool_calls: false,
  })
  t.same([tools, tool_choice, parallel_tool_calls], [undefined, undefined, undefined])
})

t.test('a choice that forces an omitted tool is refused', async t => {
  const forced = [
    { tools: [log, search], tool_choice: { type: 'web_search' } },
    { tools: [search], tool_choice: 'required' },
    { tools: [log, search], tool_choice: { type: 'function', name: 'other' } },
    { tools: [search], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [search] } },
  ]
  for (const body of forced) t.throws(() => requestOf(body), { code: 'invalid_value', param: 'tool_choice' })
})

t.test("a choice uses the function's name in the chat", async t => {
  const choiceOf = (choice: unknown) => requestOf({ tools: [log, git, patch], tool_choice: choice })
  const forced = (name: string) => ({ type: 'function', function: { name } })
  t.same(choiceOf({ type: 'function', name: 'log' })['tool_choice'], forced('log'))
  t.same(
    choiceOf({ type: 'function', name: 'log', namespace: 'mcp__git' })['tool_choice'],
    forced('mcp__git__log'),
  )
  t.same(choiceOf({ type: 'custom', name: 'apply_patch' })['tool_choice'], forced('apply_patch'))
  const some = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: 'apply_patch' }] }
  t.match(choiceOf(some), { tool_choice: 'required', tools: [{ function: { name: 'apply_patch' } }] })
})

t.test("actions of OpenAI's servers in earlier turns become text, or are left out", async t => {
  const input = [
    { role: 'user', content: 'Hi' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
    { type: 'code_interpreter_call', id: 'ci_1', code: '1+1', outputs: [{ type: 'logs', logs: '2' }] },
    { type: 'mcp_call', id: 'mcp_1', name: 'read', arguments: '{}', output: 'read it' },
    { type: 'mcp_list_tools', id: 'l', tools: [] },
    { type: 'compaction', encrypted_content: 'E' },
    { type: 'of_the_future', id: 'f' },
    { role: 'user', content: 'And?' },
  ]
  t.same(requestOf({ input }).messages, [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: '[Ran code]\n1+1\n2' },
    { role: 'assistant', content: '[Called read with {}]\nread it' },
    { role: 'user', content: 'And?' },
  ])
})

t.test('thoughts of Codex in earlier turns are thoughts, not words of the model', async t => {
  const input = [
    { role: 'user', content: 'Hi' },
    { type: 'agent_reasoning', text: 'hm' },
    { role: 'assistant', content: 'Yes' },
  ]
  t.same(requestOf({ input }).messages.at(-1), {
    role: 'assistant',
    content: 'Yes',
    reasoning_content: 'hm',
  })
})

t.test(
  'fields that only OpenAI knows are dropped; documented extras and a literal extra_body are passed on',
  async t => {
    const { messages: _messages, ...fields } = requestOf({
      client_metadata: { a: 'b' },
      context_management: [{ type: 'compaction' }],
      of_the_future: 1,
      prompt_cache_key: 'k',
      top_k: 3,
      chat_template_kwargs: { enable_thinking: false },
      extra_body: { my_own: true, store: true },
    })
    t.strictSame(fields, {
      model: 'm',
      prompt_cache_key: 'k',
      top_k: 3,
      chat_template_kwargs: { enable_thinking: false },
      my_own: true,
    })
  },
)

// https://github.com/Portkey-AI/gateway/issues/768
t.test('arguments and results of earlier calls may be the objects that their texts contain', async t => {
  const input = [
    { role: 'user', content: 'Hi' },
    { type: 'function_call', call_id: 'call_1', name: 'f', arguments: { a: 1 } },
    { type: 'function_call_output', call_id: 'call_1', output: { ok: true } },
  ]
  t.match(requestOf({ input }).messages.slice(1), [
    { tool_calls: [{ function: { name: 'f', arguments: '{"a":1}' } }] },
    { role: 'tool', content: '{"ok":true}' },
  ])
})
