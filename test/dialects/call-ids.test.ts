import fc from 'fast-check'
import t from 'tap'
import type { Fields } from '../../src/chat/read/fields.ts'
import {
  withBlockIds,
  withItemIds as withIds,
  withMessageIds,
} from '../../src/dialects/conversation/call-ids.ts'
import { clientTools } from '../../src/dialects/responses/tools/client-tools.ts'

const withItemIds = (body: Fields) => withIds(body, clientTools)

/** A call, or a result with the name of its call, and the id that it is sent with. */
interface Sent {
  readonly by: 'call' | 'result'
  readonly name: string
  readonly id: unknown
  /** Whether a message of the model begins with this call. */
  readonly begins: boolean
}
/** A round of calls and their results, or words of the user. */
type Rounds = readonly (readonly Sent[])[]

const called = (name: string) => ({ function: { name, arguments: '{}' } })
const isCall = ({ by }: Sent) => by === 'call'

/** The calls of a round as those of one or several messages of the model. */
function messagesOf(round: readonly Sent[]): readonly (readonly Sent[])[] {
  const messages: Sent[][] = []
  for (const call of round.filter(isCall))
    if (call.begins || messages.length === 0) messages.push([call])
    else messages.at(-1)!.push(call)
  return messages
}

/** How each format writes rounds, gives ids, and which ids it has then, in the order of the places. */
const formats = {
  chat: {
    write: (rounds: Rounds): Fields => ({
      messages: rounds.flatMap(round => [
        ...messagesOf(round).map(calls => ({
          role: 'assistant',
          tool_calls: calls.map(({ id, name }) => ({ id, type: 'function', ...called(name) })),
        })),
        ...round
          .filter(one => !isCall(one))
          .map(({ id, name }) => ({ role: 'tool', tool_call_id: id, content: name })),
      ]),
    }),
    read: withMessageIds,
  },
  messages: {
    write: (rounds: Rounds): Fields => ({
      messages: rounds.flatMap(round => [
        ...messagesOf(round).map(calls => ({
          role: 'assistant',
          content: calls.map(({ id, name }) => ({ type: 'tool_use', id, name, input: {} })),
        })),
        {
          role: 'user',
          content: round
            .filter(one => !isCall(one))
            .map(({ id, name }) => ({ type: 'tool_result', tool_use_id: id, content: name })),
        },
      ]),
    }),
    read: withBlockIds,
  },
  responses: {
    write: (rounds: Rounds): Fields => ({
      input: rounds
        .flat()
        .map(({ by, id, name }) =>
          by === 'call'
            ? { type: 'function_call', call_id: id, name, arguments: '{}' }
            : { type: 'function_call_output', call_id: id, output: name },
        ),
    }),
    read: withItemIds,
  },
}

/** The ids of calls and of results by the names of their calls. */
function idsIn(body: Fields) {
  const ids = { call: new Map<unknown, unknown>(), result: new Map<unknown, unknown>() }
  const read = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const one = value as Record<string, unknown>
    if (one['role'] === 'tool') ids.result.set(one['content'], one['tool_call_id'])
    else if (one['type'] === 'tool_result') ids.result.set(one['content'], one['tool_use_id'])
    else if (one['type'] === 'function_call_output') ids.result.set(one['output'], one['call_id'])
    else if (one['type'] === 'tool_use') ids.call.set(one['name'], one['id'])
    else if (one['type'] === 'function_call') ids.call.set(one['name'], one['call_id'])
    else if (one['type'] === 'function') ids.call.set((one['function'] as Fields)['name'], one['id'])
    Object.values(one).forEach(read)
  }
  read(body)
  return ids
}

/** Rounds in which ids are missing on either side. Some ids are numbers, some the texts of numbers. */
function roundsOf(isShuffled: boolean): fc.Arbitrary<Rounds> {
  const sides = fc.record({ call: fc.boolean(), result: fc.boolean(), begins: fc.boolean() })
  return fc
    .array(fc.array(sides, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 })
    .chain(rounds => {
      const all = rounds.map((round, at) => {
        const calls = round.map(({ call, begins }, index): Sent => {
          const id = at * 10 + index
          return { by: 'call', name: `n${id}`, id: call ? id : null, begins }
        })
        const results = round.map(({ result }, index): Sent => {
          const id = at * 10 + index
          return { by: 'result', name: `n${id}`, id: result ? String(id) : '', begins: false }
        })
        const order = isShuffled
          ? fc.shuffledSubarray(results, { minLength: results.length })
          : fc.constant(results)
        return order.map(told => [...calls, ...told])
      })
      return fc.tuple(...all)
    })
}

for (const [name, { write, read }] of Object.entries(formats)) {
  t.test(`${name}: whichever ids are missing, results in order stay with their calls`, async t => {
    fc.assert(
      fc.property(roundsOf(false), rounds => {
        const { call, result } = idsIn(read(write(rounds)))
        t.same([...result], [...call])
        t.equal(new Set(call.values()).size, call.size)
        t.ok([...call.values()].every(id => typeof id === 'string' && id !== ''))
      }),
    )
  })

  t.test(`${name}: each result of any order has a call, and what is named stays together`, async t => {
    fc.assert(
      fc.property(roundsOf(true), rounds => {
        const body = write(rounds)
        const named = read(body)
        const { call, result } = idsIn(named)
        t.same(new Set(result.values()), new Set(call.values()))
        t.equal(new Set(call.values()).size, call.size)
        const sent = idsIn(body)
        for (const [one, id] of sent.call)
          if (String(id) === sent.result.get(one)) t.equal(result.get(one), call.get(one))
        t.equal(read(named), named, 'a body that has its ids is the same object')
      }),
    )
  })

  t.test(`${name}: a result without id takes no call that another result names`, async t => {
    const one = (by: Sent['by'], name: string, id: unknown): Sent => ({ by, name, id, begins: true })
    const round = [
      one('call', 'x', 'x'),
      one('call', 'y', 'y'),
      one('result', 'y', null),
      one('result', 'x', 'x'),
    ]
    const { result } = idsIn(read(write([round])))
    t.same(
      [...result],
      [
        ['y', 'y'],
        ['x', 'x'],
      ],
    )
  })
}

t.test('any number of calls without ids is paired', async t => {
  const count = 100_000
  const sent = (by: Sent['by']) =>
    Array.from({ length: count }, (_, index): Sent => ({ by, name: `n${index}`, id: null, begins: false }))
  const body = withMessageIds(formats.chat.write([[...sent('call'), ...sent('result')]]))
  const { call, result } = idsIn(body)
  t.equal(result.get('n99999'), call.get('n99999'))
  t.equal(new Set(call.values()).size, count)
})

t.test('a call keeps away from results after the next round has begun', async t => {
  const call = (id: unknown) => ({ role: 'assistant', tool_calls: [{ id, function: { name: 'f' } }] })
  const result = { role: 'tool', content: 'done' }
  const user = { role: 'user', content: 'Stop' }
  const { messages } = withMessageIds({ messages: [call('a'), user, call('b'), result, result] })
  const [first, second] = (messages as Fields[]).slice(3)
  t.match(first, { tool_call_id: 'b' })
  t.match(second, { tool_call_id: /^call_unnamed_/ })
})

t.test('a new id differs from all that are given', async t => {
  const call = (id: unknown) => ({ id, function: { name: 'f' } })
  const { messages } = withMessageIds({
    messages: [{ role: 'assistant', tool_calls: [call(null), call('call_unnamed_1')] }],
  })
  t.match(messages, [{ tool_calls: [{ id: 'call_unnamed_2' }, { id: 'call_unnamed_1' }] }])
})

t.test('calls without a name get one in every format', async t => {
  const name = 'unnamed_tool'
  for (const none of [undefined, null, '', 5]) {
    t.match(
      withMessageIds({
        messages: [
          {
            role: 'assistant',
            tool_calls: [
              { id: 'a', function: { name: none } },
              { id: 'b', custom: { name: none } },
            ],
          },
        ],
      }),
      { messages: [{ tool_calls: [{ function: { name } }, { custom: { name } }] }] },
    )
    t.match(
      withBlockIds({
        messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: none }] }],
      }),
      { messages: [{ content: [{ name }] }] },
    )
    for (const type of ['function_call', 'custom_tool_call'])
      t.match(withItemIds({ input: [{ type, call_id: 'a', name: none }] }), { input: [{ name }] })
  }
})

t.test('calls of tools that a client runs get ids, and those of servers do not', async t => {
  for (const type of ['local_shell', 'shell', 'apply_patch', 'tool_search']) {
    const output = type === 'tool_search' ? 'tool_search_output' : `${type}_call_output`
    const { input } = withItemIds({ input: [{ type: `${type}_call` }, { type: output }] })
    const [call, result] = input as readonly [Fields, Fields]
    t.type(call['call_id'], 'string')
    t.equal(result['call_id'], call['call_id'])
  }
  const server = { type: 'tool_search_call', id: 'tsc_1', execution: 'server', call_id: null, arguments: {} }
  const body = {
    input: [server, { type: 'tool_search_output', execution: 'server', call_id: null, tools: [] }],
  }
  t.equal(withItemIds(body), body)
  const shell = {
    input: [
      { type: 'local_shell_call', id: 'lsh_1', call_id: 'call_1', action: {} },
      { type: 'local_shell_call_output', id: 'call_1', output: 'a' },
    ],
  }
  t.equal(withItemIds(shell), shell, 'the result of a local shell has the id of its call')
})

t.test('the only call without id takes the id that its result names', async t => {
  const { input } = withItemIds({
    input: [
      { type: 'function_call', id: 'fc_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'a' },
    ],
  })
  t.match(input, [{ id: 'fc_1', call_id: 'call_1' }, { call_id: 'call_1' }])
})
