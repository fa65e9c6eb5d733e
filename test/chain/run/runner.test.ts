import t from 'tap'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { z } from 'zod'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { Approach, ChatRequest, Chunk, Context, Reply } from '../../../src/contract/index.ts'
import { replyFromMessages } from '../../../src/chat/reply.ts'
import {
  approach,
  askedFor,
  client,
  fakeModel,
  lastText,
  marking,
  naming,
  setUp,
  steps,
  streamed,
  withBytes,
} from '../fakes.ts'

const counting: Approach = {
  name: 'count',
  summary: 'Calls n times',
  params: z.object({ n: z.int().min(1).max(9).default(2) }),
  aliases: { times: 'n', count_config: '*' },
  cost: params => ({ calls: params['n'] as number, rounds: 1 }),
  async run(request, ctx, { n }) {
    const texts = await Promise.all(
      Array.from({ length: n as number }, async () => (await ctx.complete(request)).text()),
    )
    return texts.join('+')
  },
}

async function chunksOf(reply: Reply): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of reply) chunks.push(chunk)
  return chunks
}

t.test('passes the request object itself to the model if no step runs', async t => {
  const { runner, model } = setUp()
  const asked = withBytes(askedFor('gpt-4'))
  const { approach, reply } = await runner.run(asked, client())
  t.equal(model.asked[0]!.request, asked.request)
  t.equal(model.asked[0]!.call.request.source, asked.source)
  t.equal(approach, 'none')
  t.equal(await reply.text(), '<q>')
})

t.test('drops the original bytes if the model name changes', async t => {
  const { runner, model } = setUp()
  const { approach, meter } = await runner.run(withBytes(askedFor('proxy-gpt-4')), client())
  t.equal(model.asked[0]!.request.model, 'gpt-4')
  t.equal(model.asked[0]!.call.request.source, undefined)
  t.equal(model.asked[0]!.call.path, 'proxy')
  t.equal(approach, 'proxy')
  t.equal(meter.calls, 1)
})

t.test('in a-b, answers the calls of a with b', async t => {
  const { texts, model } = setUp()
  t.same(await texts(askedFor('bon-moa-x')), ['bon(moa(<q>))'])
  t.equal(model.asked[0]!.call.path, 'bon.moa')
})

t.test('in a&b, passes b the conversation with the last user text replaced and other parts kept', async t => {
  const { runner, model } = setUp()
  const image = { type: 'image_url', image_url: { url: 'data:,' } }
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', name: 'ann', content: [image, { type: 'text', text: 'q' }, { type: 'text', text: 'r' }] },
  ]
  const { reply } = await runner.run(askedFor('bon&moa-x', {}, { messages, n: 2, stream: true }), client())
  const chunks = await chunksOf(reply)
  t.equal(model.asked.length, 3, 'bon once, moa for each choice')
  t.equal(model.asked[0]!.request.n, undefined)
  t.notOk(model.asked[0]!.request.stream)
  t.same(model.asked[1]!.request.messages, [
    { role: 'system', content: 's' },
    { role: 'user', name: 'ann', content: [image, { type: 'text', text: 'bon(<qr>)' }] },
  ])
  t.same(chunks.at(-1)?.usage?.total_tokens, 15)
})

t.test('in a&b, the thinking that a wrote into its answer is not passed on', async t => {
  const echo = approach('echo', (request, ctx) => ctx.complete(request))
  const model = fakeModel(() => '<think>not so</think>\n\nso')
  const { texts } = setUp({ all: [...steps, echo], model })
  t.same(await texts(askedFor('echo&bon-x')), ['bon(<think>not so</think>\n\nso)'])
  t.same(
    model.asked.map(({ request }) => lastText(request)),
    ['q', 'so'],
  )
  await t.rejects(
    setUp({ all: [...steps, echo], model: fakeModel(() => '<think>not so') }).texts(askedFor('echo&bon-x')),
    { code: 'no_answer' },
  )
})

t.test('appends a user message to a conversation without one', async t => {
  const { texts, model } = setUp()
  await texts(askedFor('bon&moa-x', {}, { messages: [{ role: 'system', content: 's' }] }))
  t.same(model.asked[1]!.request.messages.at(-1), { role: 'user', content: 'bon(<s>)' })
})

t.test('ends a&b at a tool call, which is the answer', async t => {
  const call = { id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const tool = approach('tool', async () =>
    replyFromMessages([{ role: 'assistant', content: null, tool_calls: [call] }], 'x'),
  )
  const { runner, model } = setUp({ all: [...steps, tool] })
  const { reply } = await runner.run(askedFor('tool&moa-x'), client())
  t.same((await reply.message()).tool_calls, [call])
  t.equal(model.asked.length, 0)
})

t.test('returns the choices of a|b in branch order, n for each', async t => {
  const { texts } = setUp()
  t.same(await texts(askedFor('bon|moa|none-x')), ['bon(<q>)', 'moa(<q>)', '<q>'])
  t.same(await texts(askedFor('bon|moa-x', {}, { n: 2 })), ['bon(<q>)', 'bon(<q>)', 'moa(<q>)', 'moa(<q>)'])
})

t.test('streams branches with choices re-indexed and one usage at the end', async t => {
  const { runner } = setUp()
  const { reply } = await runner.run(askedFor('bon|none-x', {}, { stream: true, n: 2 }), client())
  const chunks = await chunksOf(reply)
  const texts = ['', '', '', '']
  for (const { index, delta } of chunks.flatMap(chunk => chunk.choices)) texts[index] += delta.content ?? ''
  t.same(texts, ['bon(<q>)', 'bon(<q>)', '<q>', '<q>'])
  t.equal(new Set(chunks.map(chunk => chunk.id)).size, 1)
  t.equal(chunks.filter(chunk => chunk.usage).length, 1)
  t.equal(chunks.at(-1)?.usage?.total_tokens, 15)
})

t.test('leaves out a failed branch and logs a warning', async t => {
  const bad = approach('bad', async () => {
    throw new TypeError('boom')
  })
  const { runner } = setUp({ all: [...steps, bad] })
  const who = client()
  for (const stream of [false, true]) {
    const { reply } = await runner.run(askedFor('bad|bon-x', {}, { stream }), who)
    t.same(await reply.texts(), ['bon(<q>)'])
  }
  t.match(who.logged, [{ msg: 'a branch failed and is left out' }, {}])
})

t.test('fails with the first error if all branches fail', async t => {
  const failing = (name: string) =>
    approach(name, async () => {
      throw new HulumanageError('upstream_rejected', name, { status: 422 })
    })
  const { runner } = setUp({ all: [failing('one'), failing('two')] })
  const error = await runner.run(askedFor('one|two-x'), client()).catch((error: unknown) => error)
  t.match(error, { code: 'upstream_rejected', status: 422, message: 'one' })
  t.match((error as Error).cause, { errors: [{ message: 'one' }, { message: 'two' }] })
})

t.test('runs an approach n times concurrently, each sample with its own seed', async t => {
  const { texts, model } = setUp({ model: fakeModel((_text, { request }) => String(request.seed)) })
  t.same(await texts(askedFor('bon-x', {}, { n: 3, seed: 7 })), ['bon(7)', 'bon(8)', 'bon(9)'])
  t.ok(model.asked.every(({ request }) => request.n === undefined))
})

t.test('drops choices beyond n', async t => {
  const many = approach('many', async () => ['a', 'b', 'c'])
  const wide = approach('wide', (request, ctx) => ctx.complete({ ...request, n: 3 }))
  const { texts, runner } = setUp({ all: [many, wide] })
  t.same(await texts(askedFor('many-x')), ['a'])
  t.same(await texts(askedFor('many-x', {}, { n: 2 })), ['a', 'b'])
  t.same(await texts(askedFor('wide-x')), ['<q>'])
  const { reply } = await runner.run(askedFor('many-x', {}, { n: 2, stream: true }), client())
  t.same(await reply.texts(), ['a', 'b'])
})

t.test('a bare model in a chain is called under the path none', async t => {
  const { texts, model } = setUp()
  await texts(askedFor('bon|none-x'))
  await texts(askedFor('none&none-x'))
  await texts(askedFor('proxy-(none|none)-x'))
  t.same(
    model.asked.map(({ call }) => call.path),
    ['bon', 'none', 'none', 'none', 'proxy', 'proxy'],
  )
})

t.test(
  'a body that only its own service understands is refused once it cannot be sent unchanged',
  async t => {
    const only = new HulumanageError('invalid_value', 'tools[0]: not supported here')
    const content = '<hulumanage_approach>proxy</hulumanage_approach>hi'
    const { runner, model } = setUp({ config: { allow_prompt_tags: true } })
    const ask = async (name: string, text: string) => {
      const asked = askedFor(name, {}, { messages: [{ role: 'user', content: text }] })
      const source = { dialect: 'messages', body: {}, request: asked.request, only }
      return await runner.run({ ...asked, source }, client())
    }
    await t.rejects(ask('bon-x', 'hi'), only, 'an approach cannot read it')
    await t.rejects(ask('x', content), only, 'a tag in the prompt would have to be taken out')
    t.equal(model.asked.length, 0)
    await ask('proxy-x', 'hi')
    t.equal(model.asked[0]!.call.request.source?.only, only)
  },
)

t.test('puts leaf wrappers around every model call and whole wrappers around the request', async t => {
  const { texts, model } = setUp()
  await texts(askedFor('cache-proxy-bon|moa-x'))
  t.same(
    model.asked.map(({ request }) => request['marks']),
    [
      ['cache', 'proxy'],
      ['cache', 'proxy'],
    ],
  )
  t.equal(model.asked[0]!.call.path, 'cache.proxy.bon')
})

t.test('wraps only within its parentheses, through everything below them', async t => {
  const { texts, model } = setUp()
  await texts(askedFor('((proxy-bon)|re2)-moa-x'))
  t.same(
    model.asked.map(({ request, call }) => [call.path, request['marks']]),
    [
      ['proxy.bon.moa', ['proxy']],
      ['re2.moa', undefined],
    ],
  )
})

t.test('streams the reply of a step as it arrives', async t => {
  const pass = approach('pass', (request, ctx) => ctx.complete(request))
  const { runner } = setUp({ all: [pass] })
  const { reply } = await runner.run(askedFor('pass-x', {}, { stream: true }), client())
  t.equal(await reply.text(), '<q>')
})

t.test('sums the usage of all calls', async t => {
  const { runner } = setUp({ all: [counting] })
  for (const stream of [false, true]) {
    const { reply, meter, cost } = await runner.run(askedFor('count-x', {}, { stream }), client())
    const whole = await reply.completion()
    t.equal(whole.usage?.total_tokens, 10)
    t.equal(meter.calls, 2)
    t.same(cost, { calls: 2, rounds: 1 })
  }
})

t.test('takes params from the step, the configuration, the request and aliases; later ones win', async t => {
  const config: ConfigInput = { steps: { count: { n: 3 } } }
  const calls = async (more: Parameters<typeof askedFor>[1], input?: ConfigInput) => {
    const { runner } = setUp({ all: [counting], ...(input ? { config: input } : {}) })
    return (await runner.run(askedFor('count-x', more), client())).meter.calls
  }
  t.equal(await calls({}), 2)
  t.equal(await calls({}, config), 3)
  t.equal(await calls({ params: { count: { n: 4 } } }, config), 4)
  t.equal(await calls({ params: { count: { n: 4 } }, aliases: { times: 5 } }, config), 5)
  t.equal(await calls({ params: { count: { n: 4 } }, aliases: { count_config: { n: 6 } } }, config), 6)
  t.equal(await calls({ aliases: { count_config: {} } }, config), 3)
  t.equal(await calls({ aliases: { count_config: null } }), 2)
})

t.test('refuses invalid params by path before anything is spent', async t => {
  const { runner, model } = setUp({ all: [counting, ...steps] })
  const fails = async (more: Parameters<typeof askedFor>[1], param: string, message: RegExp) => {
    await t.rejects(runner.run(askedFor('count-x', more), client()), {
      code: 'invalid_value',
      param,
      message,
    })
  }
  await fails({ params: { count: { n: 10 } } }, 'hulumanage_params.count.n', /^hulumanage_params\.count\.n: /)
  await fails(
    { params: { count: { m: 1 } } },
    'hulumanage_params.count.m',
    /no param "m"; did you mean "n"\?/,
  )
  await fails({ params: { coun: { n: 1 } } }, 'hulumanage_params.coun', /did you mean "count"\?/)
  await fails({ aliases: { times: 'x' } }, 'times', /^times: /)
  await fails({ aliases: { count_config: { n: 10 } } }, 'count_config.n', /^count_config\.n: /)
  await fails({ aliases: { count_config: { m: 1 } } }, 'count_config.m', /did you mean "n"\?/)
  for (const config of [3, 'n', [1]]) {
    await fails({ aliases: { count_config: config } }, 'count_config', /must be an object/)
  }
  t.equal(model.asked.length, 0)
  await t.rejects(
    setUp({ all: [counting], config: { steps: { count: { n: 0 } } } }).runner.run(
      askedFor('count-x'),
      client(),
    ),
    { code: 'config_invalid', param: 'steps.count.n' },
  )
})

t.test('refuses a chain whose maximum cost exceeds its budget', async t => {
  const { runner } = setUp({ all: [counting, ...steps], config: { limits: { calls: 20, n: 8 } } })
  const asked = askedFor('count-(count|bon)-x', { budget: { calls: 5 } })
  await t.rejects(runner.run(asked, client()), {
    code: 'budget_too_small',
    param: 'hulumanage_budget.calls',
    message:
      /may need 6 model calls, but only 5 are allowed; raise hulumanage_budget.calls, or request less$/,
  })
  await t.rejects(runner.run(askedFor('count-x', { budget: { calls: 1 } }), client()), {
    message: /but only 1 is allowed;/,
  })
  await t.rejects(runner.run(askedFor('count&count-count-x', {}, { n: 5 }), client()), {
    code: 'budget_too_small',
    message: /24 model calls.* request less; limits\.calls of the server allows no more$/,
  })
  await t.rejects(runner.run(askedFor('x', {}, { n: 9 }), client()), { code: 'n_too_large', param: 'n' })
})

t.test('returns the best answer so far if a budget runs out', async t => {
  const greedy = approach('greedy', async (request, ctx) => {
    for (;;) ctx.offer(await (await ctx.complete(request)).text())
  })
  const { runner } = setUp({ all: [greedy, ...steps] })
  const spend = async (budget: { calls?: number; tokens?: number }, model = 'greedy-x') => {
    const outcome = await runner.run(askedFor(model, { budget }), client())
    return [outcome.meter.spent, outcome.meter.calls, ...(await outcome.reply.texts())]
  }
  t.same(await spend({ calls: 3 }), ['calls', 3, '<q>'])
  t.same(await spend({ tokens: 12 }), ['tokens', 3, '<q>'])
  t.same(await spend({ calls: 3 }, 'greedy|bon-x'), ['calls', 3, '<q>', 'bon(<q>)'])
})

t.test('fails with the budget error if nothing was offered', async t => {
  const endless = approach('endless', async (request, ctx) => {
    for (;;) await (await ctx.complete(request)).text()
  })
  const { runner } = setUp({ all: [endless] })
  await t.rejects(runner.run(askedFor('endless-x', { budget: { calls: 2 } }), client()), {
    code: 'budget_calls',
  })
})

t.test('plans again under a new configuration, and lets running requests keep theirs', async t => {
  const { runner, currentConfig } = setUp()
  t.equal(runner.plan(askedFor('x')).text, 'none')
  t.equal(runner.plan(askedFor('x')), runner.plan(askedFor('x')), 'planned once')
  currentConfig.replace({ ...currentConfig.value, approach: 'bon' })
  t.equal(runner.plan(askedFor('x')).text, 'bon')
})

t.test('applies prompt tags only if the operator allows them', async t => {
  const content = 'hi <hulumanage_approach>bon</hulumanage_approach>there'
  const messages = [
    { role: 'user', content: [{ type: 'text', text: content }] },
    { role: 'assistant', content },
  ]
  const closed = setUp()
  await closed.texts(askedFor('x', {}, { messages }))
  t.same(closed.model.asked[0]!.request.messages, messages)
  t.equal(closed.model.asked[0]!.call.path, 'none')
  const open = setUp({ config: { allow_prompt_tags: true } })
  await open.texts(askedFor('x', {}, { messages }))
  t.equal(open.model.asked[0]!.call.path, 'bon')
  t.same(open.model.asked[0]!.request.messages, [
    { role: 'user', content: [{ type: 'text', text: 'hi there' }] },
    { role: 'assistant', content },
  ])
})

t.test('passes frozen messages to steps, and does not freeze what they create', async t => {
  const own = { role: 'user', content: 'mine' }
  const pushing = approach('pushing', async (request, ctx) => {
    const messages = [...request.messages, own]
    await (await ctx.complete({ ...request, messages })).text()
    messages.push({ role: 'user', content: 'more' })
    return (await ctx.complete({ ...request, messages })).text()
  })
  const seen: boolean[] = []
  const looking = approach('looking', async (request, ctx) => {
    seen.push(Object.isFrozen(request.messages) && request.messages.every(Object.isFrozen))
    return `${lastText(request)}!${String(ctx.budget.calls)}`
  })
  const { texts } = setUp({ all: [pushing, looking] })
  t.same(await texts(askedFor('pushing-looking-x', { budget: { calls: 9 } })), ['more!9'])
  t.same(seen, [true, true])
  t.notOk(Object.isFrozen(own))
})

t.test('drops the client fields that would spoil a helper call, and keeps those of the step', async t => {
  const fields = {
    tools: [],
    response_format: { type: 'json_object' },
    stop: ['x'],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 5,
    user: 'ann',
    temperature: 0.5,
  }
  const both = approach('both', async (request, ctx) => {
    await (await ctx.complete({ ...request, stream: false })).text()
    return (await ctx.complete({ ...request, stop: ['own'], max_tokens: 9 }, { kind: 'helper' })).text()
  })
  const { texts, model } = setUp({ all: [both] })
  await texts(askedFor('both-x', {}, fields))
  const [candidate, helper] = model.asked.map(({ request }) => request) as [ChatRequest, ChatRequest]
  const { stream_options: _options, ...kept } = fields
  t.match(candidate, { ...kept, stream: false })
  t.notOk('stream_options' in candidate)
  const { model: _model, messages: _messages, ...rest } = helper
  t.same(rest, { stop: ['own'], max_tokens: 9, user: 'ann', temperature: 0.5 })
})

t.test(
  'keeps the tools of a helper call whose conversation has calls of tools, but lets it call none',
  async t => {
    const tools = [{ type: 'function', function: { name: 'look' } }]
    const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }
    const turns = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: '4' },
    ]
    const helping = approach('helping', async (request, ctx) => {
      await ctx.complete(request, { kind: 'helper' })
      return (await ctx.complete({ ...request, messages: turns.slice(0, 1) }, { kind: 'helper' })).text()
    })
    const { texts, model } = setUp({ all: [helping] })
    await texts(askedFor('helping-x', {}, { tools, tool_choice: 'auto', messages: turns }))
    t.same(
      model.asked.map(({ request }) => [request['tools'], request['tool_choice']]),
      [
        [tools, 'none'],
        [undefined, undefined],
      ],
    )
  },
)

t.test('passes notes on, and adds spans to the path', async t => {
  const telling = approach('telling', async (request, { note, span }) => {
    note('working')
    return await span('grade', async ({ complete }: Context) => (await complete(request)).text())
  })
  const { runner, model } = setUp({ all: [telling, ...steps] })
  const who = client()
  await runner.run(askedFor('proxy-telling-x'), who)
  t.same(who.notes, ['working'])
  t.equal(model.asked[0]!.call.path, 'proxy.telling.grade')
})

t.test('calls no model if a wrapper throws, and names the wrapper', async t => {
  const broken = { ...marking('broken', 'leaf'), wrap: () => () => Promise.reject(new Error('boom')) }
  const silent = { ...marking('silent', 'leaf'), wrap: () => async () => undefined as unknown as Reply }
  const early = {
    ...marking('early', 'leaf'),
    wrap: () => {
      throw new Error('boom')
    },
  }
  const { runner } = setUp({ all: [broken, silent, early, naming('bon')] })
  const failure = await runner.run(askedFor('broken-x'), client()).then(
    () => t.fail('it should have failed') as never,
    (error: unknown) => error as HulumanageError,
  )
  t.match(failure, { code: 'step_failed', message: /"broken"/, cause: { message: 'boom' } })
  t.notMatch(failure.message, 'boom', 'the words of foreign errors are for the log')
  await t.rejects(runner.run(askedFor('silent-bon-x'), client()), {
    code: 'step_result',
    message: /"silent"/,
  })
  await t.rejects(runner.run(askedFor('early-x'), client()), { code: 'step_failed', message: /"early"/ })
})

t.test('names the step that returned an invalid result', async t => {
  const results = [
    [undefined, 'undefined'],
    [null, 'null'],
    [5, 'a number'],
    [[], 'an array of something else'],
    [['a', 1], 'an array of something else'],
    [{ choices: [] }, 'an object'],
  ] as const
  for (const [value, kind] of results) {
    const odd = approach('odd', async () => value as unknown as string)
    await t.rejects(setUp({ all: [odd] }).runner.run(askedFor('odd-x'), client()), {
      code: 'step_result',
      message: new RegExp(`"odd" returned ${kind};`),
    })
  }
})

t.test('accepts a synchronous run', async t => {
  const plain = approach('plain', (() => 'text') as unknown as Approach['run'])
  t.same(await setUp({ all: [plain] }).texts(askedFor('plain-x')), ['text'])
})

t.test('returns the answer that a wrapper has offered if a budget runs out', async t => {
  const keeping = {
    ...marking('keeping', 'whole'),
    wrap:
      () =>
      async (_request: ChatRequest, { request: state }: { request: { offer: (a: string) => void } }) => {
        state.offer('stale')
        throw new HulumanageError('budget_calls', 'out')
      },
  }
  t.same(await setUp({ all: [keeping] }).texts(askedFor('keeping-x')), ['stale'])
})

t.test('cancels every branch when the stream is cancelled', async t => {
  const replies: Reply[] = []
  const { runner } = setUp({
    model: {
      asked: [],
      upstream: async () => {
        const reply = streamed('a')
        replies.push(reply)
        return reply
      },
    },
  })
  const { reply } = await runner.run(askedFor('none|none-x', {}, { stream: true }), client())
  reply.cancel()
  for (const part of replies) t.match(await part.done, { error: { code: 'client_closed' } })
})
