import t from 'tap'
import {
  isDecided,
  leadProbability,
  roundsOf,
  windowsUntilDecided,
} from '../../../../approaches/lib/judging/agreement.ts'
import { drawMajority } from '../../../../approaches/lib/judging/majority.ts'
import selfConsistency from '../../../../approaches/self_consistency.ts'
import { randomFrom } from '../../chance.ts'
import { contextOf, requestOf, textIn, toolCall } from '../../model.ts'
import type { Scripted } from '../../model.ts'

const adaptive = { adaptive: true, confidence: 0.95, quorum: 0 }

/** A model that gives these answers in turn, as many as are asked for. */
function inTurn(answers: Iterable<Exclude<Scripted, Error> & string>) {
  const source = answers[Symbol.iterator]()
  return contextOf(({ request }) =>
    Array.from({ length: request.n ?? 1 }, () => source.next().value as string),
  )
}

function drawnBy({ asked }: ReturnType<typeof contextOf>): number[] {
  return asked.map(({ request }) => request.n ?? 1)
}

t.test('a draw stops once the missing answers cannot change the vote', async t => {
  for (const [answers, windows] of [
    [['1', '1', '1', '2', '2'], [3]],
    [
      ['1', '2', '1', '1', '2'],
      [3, 1],
    ],
    [
      ['1', '2', '3', '1', '1'],
      [3, 2],
    ],
    [
      ['1', '2', '1', '2', '1'],
      [3, 1, 1],
    ],
  ] as const) {
    const ctx = inTurn(answers)
    const { majority } = await drawMajority(ctx, requestOf('q'), 5, { ...adaptive, confidence: 1 })
    t.equal(majority.winner.text, '1')
    t.same(drawnBy(ctx), windows, answers.join(' '))
  }
})

t.test('each window has seeds of its own, and is a span of its own in the trace', async t => {
  const ctx = inTurn(['1', '2', '3', '4', '5'])
  await drawMajority(ctx, requestOf('q', { seed: 7 }), 5, adaptive)
  t.same(
    ctx.asked.map(({ request, path }) => [path, request.seed, request.n]),
    [
      ['draw', 7, 3],
      ['draw_2', 10, 2],
    ],
  )
})

t.test('a draw never stops before two answers agree, and never exceeds n', async t => {
  for (const n of [1, 2, 3, 5, 8, 16, 64]) {
    const ctx = inTurn(Array.from({ length: n }, (_, index) => `${index}`))
    await drawMajority(ctx, requestOf('q'), n, adaptive)
    t.equal(
      drawnBy(ctx).reduce((sum, size) => sum + size),
      n,
    )
    t.ok(ctx.asked.length <= roundsOf(n, adaptive), `${ctx.asked.length} rounds for ${n}`)
  }
})

t.test('equal tool calls decide a draw as equal answers do', async t => {
  const call = { tool_calls: [toolCall] }
  const ctx = contextOf(({ request }) => Array.from({ length: request.n ?? 1 }, () => call))
  const { candidates } = await drawMajority(ctx, requestOf('q'), 5, adaptive)
  t.ok(candidates[0].nonText)
  t.same(drawnBy(ctx), [3])
})

t.test('a window that fails costs its own answers only; the first one fails the draw', async t => {
  const down = new Error('down')
  const ctx = contextOf((_asked, index) => (index === 0 ? ['1', '2', '2'] : down))
  const { candidates, majority } = await drawMajority(ctx, requestOf('q'), 5, adaptive)
  t.same([candidates.length, majority.winner.text], [3, '2'])
  await t.rejects(
    drawMajority(
      contextOf(() => down),
      requestOf('q'),
      5,
      adaptive,
    ),
    down,
  )
})

t.test('empty and truncated answers decide nothing', async t => {
  const cut = { content: '1', finish: 'length' } as const
  const ctx = contextOf(({ request }, index) =>
    index === 0 ? [cut, cut, { content: null }] : Array.from({ length: request.n ?? 1 }, () => '2'),
  )
  t.equal((await drawMajority(ctx, requestOf('q'), 5, adaptive)).majority.winner.text, '2')
  t.same(drawnBy(ctx), [3, 2])
})

t.test('the probability of a lead is that of a Beta distribution', async t => {
  t.equal(leadProbability({ first: 0, second: 0 }), 0.5)
  t.equal(leadProbability({ first: 3, second: 0 }), 1 - 0.5 ** 4)
  t.equal(leadProbability({ first: 5, second: 1 }), 1 - 8 / 128)
  t.ok(isDecided({ first: 4, second: 0 }, 12, 0.95))
  t.notOk(isDecided({ first: 3, second: 0 }, 12, 0.95))
  t.notOk(isDecided({ first: 4, second: 0 }, 12, 1))
  t.equal(windowsUntilDecided(16, 0.95)([], 16), 4)
})

t.test('an adaptive vote is within a point of the full one at 85 percent of the draws or fewer', async t => {
  const [questions, n] = [1500, 8]
  const random = randomFrom(11)
  let [full, early, draws] = [0, 0, 0]
  for (let question = 0; question < questions; question++) {
    // Skill differs by question, and most mistakes are the same one.
    const skill = 0.2 + 0.75 * random()
    const answers = Array.from({ length: n }, () =>
      random() < skill ? 'right' : random() < 0.6 ? 'usual' : `other ${Math.floor(random() * 3)}`,
    )
    const whole = inTurn(answers)
    full += Number((await drawMajority(whole, requestOf('q'), n, {})).majority.winner.text === 'right')
    const ctx = inTurn(answers)
    early += Number((await drawMajority(ctx, requestOf('q'), n, adaptive)).majority.winner.text === 'right')
    draws += drawnBy(ctx).reduce((sum, size) => sum + size)
  }
  const share = draws / (questions * n)
  t.ok(Math.abs(full - early) / questions <= 0.01, `${early} right, ${full} with all draws`)
  t.ok(share <= 0.85, `${share.toFixed(3)} of the draws`)
})

t.test('the answers can be drawn all at once', async t => {
  const ctx = inTurn(['1', '1', '1', '1', '1'])
  const params = { n: 5, patience: 0, equivalence: 'off', ...adaptive, adaptive: false } as const
  t.equal(await textIn(await selfConsistency.run(requestOf('q'), ctx, params)), '1')
  t.same(drawnBy(ctx), [5])
})
