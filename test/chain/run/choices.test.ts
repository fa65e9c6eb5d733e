import t from 'tap'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { ProviderUpstream } from '../../../src/chat/provider-call.ts'
import type { ChatRequest, Chunk, Reply } from '../../../src/contract/index.ts'
import { ChoiceMemory, withChoices } from '../../../src/chain/run/choices.ts'
import { CompleteReply } from '../../../src/chat/reply.ts'
import { ask, callOf } from '../../call.ts'
import { completion, streamed } from '../fakes.ts'

type Answer = (request: ChatRequest, index: number) => Reply | Promise<Reply>

/** An upstream that remembers its requests. */
function upstreamOf(answer: Answer) {
  const asked: ChatRequest[] = []
  const upstream: ProviderUpstream = async request => await answer(request, asked.push(request) - 1)
  return { asked, upstream: withChoices(upstream, new ChoiceMemory()) }
}

const honouring: Answer = ({ n }) =>
  new CompleteReply(completion(...Array.from({ length: n ?? 1 }, (_, at) => `${at}`)), 'one')
const ignoring: Answer = ({ stream }, index) =>
  stream ? streamed(`${index}`) : new CompleteReply(completion(`${index}`), 'one')

function rejecting(message: string, param: string | null = null): Answer {
  return (request, index) => {
    if ((request.n ?? 1) === 1) return ignoring(request, index)
    throw new HulumanageError('upstream_rejected', message, {
      upstream: { message, param, type: 'invalid_request_error', code: null },
    })
  }
}

async function chunksOf(reply: Reply): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of reply) chunks.push(chunk)
  return chunks
}

t.test('passes a call for one choice through unchanged', async t => {
  const reply = new CompleteReply(completion('a'))
  const { upstream, asked } = upstreamOf(() => reply)
  const request = ask('q', { n: 1 })
  t.equal(await upstream(request, callOf()), reply)
  t.equal(asked[0], request)
})

t.test('makes one call if the upstream honours n', async t => {
  const { upstream, asked } = upstreamOf(honouring)
  t.same(await (await upstream(ask('q', { n: 3 }), callOf())).texts(), ['0', '1', '2'])
  t.same(await (await upstream(ask('q', { n: 2 }), callOf())).texts(), ['0', '1'])
  t.equal(asked.length, 2)
})

t.test('asks for the missing choices if n is ignored, and remembers that', async t => {
  const { upstream, asked } = upstreamOf(ignoring)
  const whole = await (await upstream(ask('q', { n: 3, seed: 5 }), callOf())).completion()
  t.same(
    whole.choices.map(({ index, message }) => [index, message.content]),
    [
      [0, '0'],
      [1, '1'],
      [2, '2'],
    ],
  )
  t.equal(whole.usage?.total_tokens, 15)
  t.same(
    asked.map(({ n, seed }) => [n, seed]),
    [
      [3, 5],
      [undefined, 6],
      [undefined, 7],
    ],
  )
  await upstream(ask('q', { n: 2, seed: 5 }), callOf())
  t.same(
    asked.slice(3).map(({ n, seed }) => [n, seed]),
    [
      [undefined, 5],
      [undefined, 6],
    ],
  )
})

/** Providers by name, asked in the order of `turns` as the proxy does it: if one is down, the next. */
function poolOf(providers: Readonly<Record<string, Answer>>, turns: readonly string[]) {
  const asked: string[] = []
  const left = [...turns]
  const upstream: ProviderUpstream = async (request, call) => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const sent = call.requestFor?.(name, request) ?? request
      asked.push(`${name} ${sent.n ?? 1}`)
      const answer = providers[name]!
      if (answer !== down) return await answer(sent, asked.length - 1)
    }
    throw failure
  }
  return { asked, upstream: withChoices(upstream, new ChoiceMemory()) }
}

const failure = new HulumanageError('upstream_error', 'down')
const down: Answer = () => Promise.reject(failure)

t.test('learns about each provider in a pool: only one that supports n is asked for all choices', async t => {
  const knowing: Answer = ({ n, stream }) => {
    const texts = Array.from({ length: n ?? 1 }, (_, at) => `${at}`)
    return stream ? streamed(...texts) : new CompleteReply(completion(...texts))
  }
  for (const lax of [ignoring, rejecting('n is not supported', 'n')]) {
    for (const stream of [false, true]) {
      const learning = lax === ignoring ? ['lax', 'good', 'good'] : ['lax', 'good', 'good', 'good']
      const { upstream, asked } = poolOf({ good: knowing, lax }, [...learning, 'good', 'lax', 'good', 'lax'])
      for (let round = 0; round < 3; round++) {
        t.equal((await (await upstream(ask('q', { n: 3, stream }), callOf())).texts()).length, 3)
      }
      t.same(asked.slice(learning.length).toSorted(), ['good 1', 'good 3', 'lax 1', 'lax 1'])
    }
  }
})

t.test('asks for no choice twice if the call fails over to another provider', async t => {
  const { upstream, asked } = poolOf({ lax: ignoring, down, good: honouring }, [
    'lax',
    'good',
    'lax',
    'down',
    'good',
  ])
  await (await upstream(ask('q', { n: 3 }), callOf())).texts()
  t.same(asked, ['lax 3', 'good 1', 'lax 1'])
  t.equal((await (await upstream(ask('q', { n: 3 }), callOf())).texts()).length, 3)
  t.same(asked.slice(3), ['down 3', 'good 3'])

  const after = poolOf({ lax: ignoring, down, good: honouring }, [
    'lax',
    'good',
    'good',
    'lax',
    'good',
    'down',
    'good',
  ])
  await (await after.upstream(ask('q', { n: 3 }), callOf())).texts()
  t.equal((await (await after.upstream(ask('q', { n: 3 }), callOf())).texts()).length, 3)
  t.same(after.asked.slice(3).toSorted(), ['down 1', 'good 1', 'good 1', 'lax 1'])
})

t.test('asks for all choices at once if the provider is known to ignore n', async t => {
  const answers: (() => void)[] = []
  let slow = false
  const upstream = withChoices((request, call) => {
    call.requestFor?.('lax', request)
    const reply = new CompleteReply(completion('x'), 'lax')
    return slow ? new Promise(resolve => answers.push(() => resolve(reply))) : Promise.resolve(reply)
  }, new ChoiceMemory())
  await upstream(ask('q', { n: 4 }), callOf())
  slow = true
  const reply = upstream(ask('q', { n: 4 }), callOf())
  t.equal(answers.length, 4)
  answers.forEach(answer => answer())
  t.equal((await (await reply).texts()).length, 4)
})

t.test('a call that was refused because of n is not counted', async t => {
  let refunds = 0
  const { meter } = callOf().request
  const { upstream } = upstreamOf(rejecting('n is not supported', 'n'))
  const call = callOf('id', { meter: { ...meter, refund: () => void refunds++ } })
  await upstream(ask('q', { n: 2 }), call)
  await upstream(ask('q', { n: 2 }), call)
  t.equal(refunds, 1)
})

t.test('makes a call for each choice if n is rejected, and remembers that', async t => {
  for (const answer of [
    rejecting('Only one choice', 'n'),
    rejecting("'n' must be 1"),
    rejecting('n > 1 is not supported'),
    rejecting('multiple choices are not supported'),
    rejecting('Multiple candidates is not enabled for this model'),
    rejecting('Only one completion choice is allowed'),
    rejecting('candidate_count must be 1'),
  ]) {
    const { upstream, asked } = upstreamOf(answer)
    t.same(await (await upstream(ask('q', { n: 2 }), callOf())).texts(), ['1', '2'])
    await upstream(ask('q', { n: 2 }), callOf())
    t.equal(asked.length, 5)
  }
})

t.test(
  'tries a single choice after a rejection in unknown words, and throws it if that is rejected, too',
  async t => {
    const { upstream, asked } = upstreamOf(rejecting('this model answers alone'))
    t.same(await (await upstream(ask('q', { n: 3, seed: 5 }), callOf())).texts(), ['1', '2', '3'])
    t.same(
      asked.map(({ n, seed }) => [n, seed]),
      [
        [3, 5],
        [undefined, 5],
        [undefined, 6],
        [undefined, 7],
      ],
    )
    await upstream(ask('q', { n: 2 }), callOf())
    t.equal(asked.length, 6, 'which is remembered')

    const refusal = new HulumanageError('upstream_rejected', 'the prompt is odd')
    const always = upstreamOf(() => Promise.reject(refusal))
    for (const calls of [2, 4]) {
      await t.rejects(always.upstream(ask('q', { n: 3 }), callOf()), refusal)
      t.equal(always.asked.length, calls)
    }
  },
)

t.test('passes other rejections on', async t => {
  const { upstream, asked } = upstreamOf(rejecting('no such model', 'model'))
  await t.rejects(upstream(ask('q', { n: 2 }), callOf()), { code: 'upstream_rejected' })
  t.equal(asked.length, 1)
})

t.test('answers with fewer choices if further calls fail, and fails if all do', async t => {
  const failure = new HulumanageError('upstream_error', 'down')
  const flaky = upstreamOf((request, index) => {
    if (index === 1) throw failure
    return ignoring(request, index)
  })
  t.same(await (await flaky.upstream(ask('q', { n: 3 }), callOf())).texts(), ['0', '2'])
  const dead = upstreamOf((request, index) => {
    if (index > 0) throw failure
    return rejecting('n is not supported', 'n')(request, index)
  })
  await t.rejects(dead.upstream(ask('q', { n: 2 }), callOf()), failure)
})

t.test('streams the first answer, then the missing ones', async t => {
  const { upstream, asked } = upstreamOf(ignoring)
  const reply = await upstream(ask('q', { n: 3, stream: true }), callOf())
  t.equal(asked.length, 1)
  const chunks = await chunksOf(reply)
  t.same(
    chunks.flatMap(({ choices }) =>
      choices.flatMap(({ index, delta }) => (delta.content ? [[index, delta.content]] : [])),
    ),
    [
      [0, '0'],
      [1, '1'],
      [2, '2'],
    ],
  )
  t.same(
    chunks.filter(({ usage }) => usage).map(({ usage, choices }) => [usage?.total_tokens, choices.length]),
    [[15, 0]],
  )
  t.equal(new Set(chunks.map(({ id }) => id)).size, 1)
  t.same(await (await upstream(ask('q', { n: 2, stream: true }), callOf())).texts(), ['3', '4'])
})

t.test('streams all choices of an upstream that honours n', async t => {
  const { upstream, asked } = upstreamOf(() => streamed('a', 'b'))
  t.same(await (await upstream(ask('q', { n: 2, stream: true }), callOf())).texts(), ['a', 'b'])
  t.equal(asked.length, 1)
})

t.test('cancels streams under way', async t => {
  const replies: Reply[] = []
  const { upstream } = upstreamOf((request, index) => {
    const reply = ignoring(request, index)
    replies.push(reply as Reply)
    return reply
  })
  const reply = await upstream(ask('q', { n: 2, stream: true }), callOf())
  reply.cancel()
  t.match(await replies[0]!.done, { error: { code: 'client_closed' } })
})
