import t from 'tap'
import { error } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { call, responses } from '../fake-responses.ts'
import { f, outputOf, refusals, strict, world } from './functions-alone.ts'
import type { Json } from './functions-alone.ts'

const commands = { commands: ['ls'] }
const patched = { type: 'create_file', path: 'a', diff: '+a' }
const query = { query: 'mail' }
const ran = { output: 'done' }

/** Tools that a client runs: their type, the arguments of a call, and the fields of its call and of its result. */
const clientTools: readonly (readonly [string, Json, Json, Json])[] = [
  ['local_shell', { command: ['ls'] }, { action: { type: 'exec', env: {}, command: ['ls'] } }, ran],
  ['shell', commands, { action: commands }, { output: [{ stdout: 'done', outcome: { type: 'exit' } }] }],
  ['apply_patch', patched, { operation: patched }, { status: 'completed', ...ran }],
  ['tool_search', query, { execution: 'client', arguments: query }, { tools: [] }],
]

for (const [type, args, fields, result] of clientTools)
  t.test(`tools that the client runs are functions once a service refuses them: ${type}`, async t => {
    const made = { ...call, name: type, arguments: JSON.stringify(args) }
    const tool = { type, ...(type === 'tool_search' ? { execution: 'client' } : {}) }
    const output = type === 'tool_search' ? 'tool_search_output' : `${type}_call_output`
    const history = [
      { type: 'message', role: 'user', content: 'Hi' },
      { type: `${type}_call`, call_id: 'call_1', status: 'completed', ...fields },
      { type: output, call_id: 'call_1', ...result },
    ]
    for (const [name, refusal] of refusals)
      for (const streamed of [false, true]) {
        const { provider, openai } = await world(t, strict(refusal, responses([made])))
        for (const input of ['Hi', history]) {
          const [item] = await outputOf(openai, { tools: [f, tool], input }, streamed)
          t.match(item, { type: `${type}_call`, call_id: 'call_1', ...fields }, name)
        }
        const { body } = provider.requests.at(-1)!
        t.match((body['tools'] as Json[])[1], { type: 'function', name: type })
        t.match((body['input'] as Json[]).slice(1), [
          { type: 'function_call', name: type, call_id: 'call_1' },
          { type: 'function_call_output', call_id: 'call_1' },
        ])
      }
    const message = `input[1]: unknown input item type: "${type}_call"`
    const script: Action = exchange =>
      (exchange.request.text.includes(`"${type}_call"`)
        ? error(400, { error: { message } })
        : responses([made]))(exchange)
    const { provider, openai } = await world(t, script)
    t.match(await outputOf(openai, { input: history, tools: [f] }, false), [{ type: 'function_call' }])
    t.match((provider.requests[1]!.body['input'] as Json[])[1], { type: 'function_call', name: type })
  })
