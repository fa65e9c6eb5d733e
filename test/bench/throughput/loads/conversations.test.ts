import t from 'tap'
import { agentSession, history } from '../../../../bench/throughput/loads/conversations.ts'
import { requestBody } from '../../../../bench/throughput/loads/exchange.ts'
import { readBody } from './read-body.ts'

t.test('a chat has about the bytes that were asked for, and the user has the last word', async t => {
  const text = requestBody({ kind: 'json', conversation: history(40_000) })
  const bytes = Buffer.byteLength(text)
  t.ok(bytes >= 40_000 && bytes < 42_000, String(bytes))
  const { messages } = readBody(text)
  t.equal(messages.at(-1)?.role, 'user')
  t.same(
    messages.slice(1, -1).map(({ role }) => role),
    messages.slice(1, -1).map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')),
  )
})

t.test('each call of an agent names a tool that it offers, and has an answer', async t => {
  const text = requestBody({ kind: 'tools', conversation: agentSession(315_000) })
  const bytes = Buffer.byteLength(text)
  t.ok(bytes >= 315_000 && bytes < 320_000, String(bytes))
  const { messages, tools = [] } = readBody(text)
  const names = tools.map(tool => tool.function.name)
  t.equal(new Set(names).size, 20)
  const calls = messages.flatMap(message => message.tool_calls ?? [])
  t.ok(calls.every(call => names.includes(call.function.name)))
  t.same(
    calls.map(({ id }) => id),
    messages.flatMap(message => message.tool_call_id ?? []),
  )
})
