import t from 'tap'
import { agentSession, history } from '../../../../bench/throughput/loads/conversations.ts'
import { requestBody } from '../../../../bench/throughput/loads/exchange.ts'
import { readBody } from './read-body.ts'

t.test('a chat has the length that it should have, and the user has the last word', async t => {
  const text = requestBody({ kind: 'json', conversation: history(40_000) })
  t.ok(text.length > 38_000 && text.length < 44_000, String(text.length))
  const { messages } = readBody(text)
  t.equal(messages.at(-1)?.role, 'user')
  t.same(
    messages.slice(1, -1).map(({ role }) => role),
    messages.slice(1, -1).map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')),
  )
})

t.test('each call of an agent has the answer of a tool that it brings along', async t => {
  const text = requestBody({ kind: 'tools', conversation: agentSession(315_000) })
  t.ok(text.length > 313_000 && text.length < 330_000, String(text.length))
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
