import t from 'tap'
import bon from '../../../approaches/bon.ts'
import selfConsistency from '../../../approaches/self_consistency.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { Approach, ChatRequest, Reply, Step } from '../../../src/contract/index.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { textOf } from '../../../src/chat/completion.ts'
import { CompleteReply } from '../../../src/chat/reply.ts'
import { approach, askedFor, client, completion, fakeModel, setUp, usage } from '../fakes.ts'

const steps = [bon, selfConsistency] as unknown as readonly Step[]

/** The trace of a request to a chain over a model. */
async function traceOf(
  chain: string,
  answer: (request: ChatRequest) => Reply,
  { all = steps, config = {} }: { all?: readonly Step[]; config?: ConfigInput } = {},
) {
  const model = { ...fakeModel(), upstream: async (request: ChatRequest) => answer(request) }
  const { runner } = setUp({ all, model, config })
  const { reply, trace } = await runner.run(askedFor(`${chain}-x`, { trace: true }), client())
  await reply.completion()
  await reply.done
  return trace?.records()
}

/** Draws are 4, 5, 6 ...; a grade is the number in the graded answer. */
function sage({ messages, n }: ChatRequest): Reply {
  const graded = messages.length > 1 ? textOf(messages[1]) : undefined
  const drawn = Array.from({ length: n ?? 1 }, (_, index) => String(4 + index))
  return new CompleteReply(completion(...(graded === undefined ? drawn : [graded])), 'fake')
}

t.test('there is no trace unless it is requested', async t => {
  const { runner } = setUp({ all: steps })
  const { trace } = await runner.run(askedFor('bon-x'), client())
  t.equal(trace, undefined)
})

t.test('lists each call with its usage, and why candidates were discarded', async t => {
  const [run, ...others] = (await traceOf('bon', sage)) ?? []
  t.same(others, [])
  const [draw, ...grades] = run?.calls ?? []
  t.equal(run?.path, 'bon')
  t.match(draw, { path: 'bon.draw', provider: 'fake', model: 'told', usage, start_ms: Number, ms: Number })
  t.same(draw?.choices, [
    { finish: 'stop', discarded: 'graded 4 of 10' },
    { finish: 'stop', discarded: 'graded 5 of 10' },
    { finish: 'stop' },
  ])
  t.equal(grades.length, 3)
  for (const grade of grades) t.match(grade, { path: 'bon.grade', choices: [{ finish: 'stop' }], usage })
})

t.test('nests the calls of a step below the call that it answers', async t => {
  let draws = 0
  // The two answers differ, so that they are graded.
  const changing = (request: ChatRequest): Reply =>
    request.messages.length > 1
      ? sage(request)
      : new CompleteReply(completion(...Array(request.n ?? 1).fill(String(4 + draws++))), 'fake')
  const config = { steps: { bon: { n: 2 }, self_consistency: { adaptive: false } } }
  const [run] = (await traceOf('bon-self_consistency', changing, { config })) ?? []
  const [draw, ...grades] = run?.calls ?? []
  t.equal(grades.length, 2)
  t.equal(draw?.calls?.length, 2, 'self_consistency ran once for each draw')
  t.same(
    draw?.calls?.map(({ path, choices = [] }) => [path, choices.filter(({ discarded }) => discarded).length]),
    Array.from({ length: 2 }, () => ['bon.draw.self_consistency.draw', 4]),
  )
  t.equal(draw?.choices?.filter(({ discarded }) => discarded !== undefined).length, 1)
})

t.test('marks calls that failed or were no longer needed', async t => {
  const trying: Approach = approach('trying', async (request, ctx) => {
    const failed = ctx.complete({ ...request, seed: 1 }).catch(() => {})
    void ctx.complete({ ...request, seed: 2 }).catch(() => {})
    await failed
    return await ctx.complete(request)
  })
  const down = new HulumanageError('upstream_error', 'down: a secret')
  const model = fakeModel()
  const upstream: typeof model.upstream = (request, call) => {
    if (request.seed === 1) return Promise.reject(down)
    if (request.seed === undefined) return model.upstream(request, call)
    return new Promise((_, reject) => {
      call.signal.addEventListener('abort', () => reject(call.signal.reason as Error))
    })
  }
  const { runner } = setUp({ all: [trying], model: { ...model, upstream } })
  const { reply, trace } = await runner.run(askedFor('trying-x', { trace: true }, { stream: true }), client())
  await reply.completion()
  await reply.done
  await new Promise(resolve => setImmediate(resolve))
  const [run] = trace?.records() ?? []
  t.match(run?.calls, [{ error: 'upstream_error' }, { cancelled: true }, { choices: [{ finish: 'stop' }] }])
  t.notMatch(JSON.stringify(trace?.records()), /secret|<q>/, 'no text of anybody')
})

t.test('a third-party step can say why it does not use a choice', async t => {
  const picky = approach('picky', async (request, ctx) => {
    const reply = await ctx.complete({ ...request, n: 2 })
    const [, second = ''] = await reply.texts()
    ctx.discard(reply, 'too short')
    ctx.discard({ ...reply }, 'not a reply of ours: no harm')
    return second
  })
  const records = await traceOf('picky', sage, { all: [picky] })
  t.match(records, [
    { path: 'picky', choices: [{ finish: 'stop', discarded: 'too short' }, { finish: 'stop' }] },
  ])
})

t.test('a branch or stage that is the bare model is traced as none', async t => {
  const config = { steps: { self_consistency: { adaptive: false } } }
  const paths = async (chain: string) => (await traceOf(chain, sage, { config }))?.map(({ path }) => path)
  t.same(await paths('none'), ['none'])
  t.same(await paths('none|none'), ['none', 'none'])
  t.same(await paths('none&none'), ['none', 'none'])
  t.same(await paths('none|self_consistency'), ['none', 'self_consistency.draw'])
})
