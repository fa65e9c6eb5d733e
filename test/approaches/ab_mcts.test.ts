import t from 'tap'
import abMcts from '../../approaches/ab_mcts/index.ts'
import { AdaptiveTree } from '../../approaches/ab_mcts/search.ts'
import { Arm, randomFrom } from '../../approaches/lib/search/thompson.ts'
import { textOf } from '../../src/chat/completion.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { ScriptedChoice } from './model.ts'
import type { Candidate } from '../../src/sampling/candidate.ts'

const random = randomFrom('test')
const candidate = {} as Candidate

/** Grows a tree of `n` answers whose scores depend on the expansion. */
function grow(
  n: number,
  models: readonly string[],
  scoreOf: (model: string, before: number | undefined) => number,
) {
  const tree = new AdaptiveTree(models, random)
  const made = { models: new Map<string, number>(), refined: 0 }
  const add = (expansion: ReturnType<typeof tree.next>) => {
    tree.add(expansion, { candidate, review: '', score: scoreOf(expansion.model, expansion.from?.score) })
    made.models.set(expansion.model, (made.models.get(expansion.model) ?? 0) + 1)
    if (expansion.from) made.refined++
  }
  for (const first of tree.first(models.length)) add(first)
  while (tree.answers.length < n) add(tree.next())
  return made
}

t.test('an arm is drawn near the mean of its rewards', async t => {
  const arm = new Arm()
  for (let trial = 0; trial < 200; trial++) arm.record(trial % 4 === 0 ? 1 : 0)
  const draws = Array.from({ length: 2000 }, () => arm.draw(random))
  const mean = draws.reduce((sum, each) => sum + each) / draws.length
  t.ok(Math.abs(mean - 51 / 202) < 0.01, `${mean}`)
  t.ok(draws.every(each => each >= 0 && each <= 1))
})

t.test('of three models, the good one writes most', async t => {
  const { models } = grow(200, ['a', 'b', 'c'], model => (model === 'b' ? 0.9 : 0.3))
  t.ok(models.get('b')! > 0.6 * 200, JSON.stringify([...models]))
})

t.test('the tree grows deep if refining helps, and wide if it harms', async t => {
  const deep = grow(60, ['m'], (_, before) => Math.min(1, (before ?? 0.2) + 0.2))
  const wide = grow(60, ['m'], (_, before) => (before === undefined ? 0.6 : 0.05))
  t.ok(deep.refined > 0.6 * 60, `${deep.refined}`)
  t.ok(wide.refined < 0.4 * 60, `${wide.refined}`)
})

t.test('the answer with most points wins, and a perfect one ends the search', async t => {
  const grades: Record<string, string> = { a: 'Score: 3', b: 'Score: 10' }
  const ctx = contextOf(({ kind, request }, index) =>
    kind === 'helper' ? (grades[textOf(request.messages.at(-2))] ?? 'Score: 2') : ['a', 'b', 'c'][index % 3]!,
  )
  t.equal(await textIn(await abMcts.run(requestOf('q'), ctx, abMcts.params!.parse({}))), 'b')
  t.equal(ctx.asked.length, 6)
})

t.test('answers are refined along their reviews, by the models given', async t => {
  let count = 0
  const ctx = contextOf(({ kind }) => (kind === 'helper' ? 'Too short.\nScore: 6' : `answer ${count++}`))
  const params = abMcts.params!.parse({ models: ['x', 'y'], n: 12, judge: 'wise' })
  await textIn(await abMcts.run(requestOf('q'), ctx, params))
  const written = ctx.asked.filter(({ kind }) => kind === 'candidate')
  t.equal(written.length, 12)
  t.strictSame(new Set(written.map(({ request }) => request.model)), new Set(['x', 'y']))
  t.ok(written.some(({ request }) => /<review>\nToo short/.test(promptOf(request).replaceAll('\\n', '\n'))))
  t.ok(ctx.asked.filter(({ kind }) => kind === 'helper').every(({ request }) => request.model === 'wise'))
})

t.test('a model that fails costs its own answers; if all fail, so does the request', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  const params = abMcts.params!.parse({ models: ['x', 'y'] })
  const half = contextOf(({ kind, request }) =>
    request.model === 'x' ? down : kind === 'helper' ? 'Score: 5' : 'an answer',
  )
  t.equal(await textIn(await abMcts.run(requestOf('q', { model: 'y' }), half, params)), 'an answer')
  await t.rejects(
    abMcts.run(
      requestOf('q'),
      contextOf(() => down),
      params,
    ),
    down,
  )
})

t.test('a call of a tool is the answer', async t => {
  const ctx = contextOf(() => [{ tool_calls: [toolCall] }])
  const answer = await abMcts.run(requestOf('q'), ctx, abMcts.params!.parse({}))
  t.equal(await textIn(answer), null)
})

/** Runs on draws that come in this order; the judge grades by the answer. */
async function chosenOf(
  draws: readonly (string | ScriptedChoice)[],
  params: object,
  gradeOf: (answer: string) => number,
) {
  let made = 0
  const ctx = contextOf(({ kind, request }) =>
    kind === 'helper' ? `Score: ${gradeOf(textOf(request.messages.at(-2)))}` : [draws[made++]!],
  )
  return await completionIn(await abMcts.run(requestOf('q'), ctx, abMcts.params!.parse(params)))
}

t.test('a first answer that breaks off loses to a complete one, whatever its grade', async t => {
  const draws = [{ content: 'Half', finish: 'length' }, 'two', 'three'] as const
  const { choices } = await chosenOf(draws, { n: 3 }, answer => (answer === 'Half' ? 9 : 5))
  t.match(choices[0], { message: { content: 'two' }, finish_reason: 'stop' })
})

t.test('one call of a tool among three first answers does not end the search', async t => {
  const caller = { content: null, tool_calls: [toolCall], finish: 'tool_calls' } as const
  t.match((await chosenOf(['one', 'one', caller], { n: 3 }, () => 5)).choices[0], {
    message: { content: 'one' },
  })
})

t.test('by agreement, three votes from three batches beat two from the first', async t => {
  const draws = ['1', '1', '2', '7', '7', '4', '7', '5', '6'].map(value => `The answer is ${value}.`)
  const { choices } = await chosenOf(draws, { n: 9, scorer: 'agreement' }, () => 5)
  t.match(choices[0], { message: { content: 'The answer is 7.' } })
})

t.test('a later answer that breaks off is discarded with its reason', async t => {
  let made = 0
  const ctx = contextOf(({ kind }) =>
    kind === 'helper' ? 'Score: 5' : [++made < 4 ? String(made) : { content: 'Half', finish: 'length' }],
  )
  await abMcts.run(requestOf('q'), ctx, abMcts.params!.parse({ n: 4 }))
  t.ok(ctx.discarded.includes('truncated: length'))
})

t.test('answers that all agree are not graded', async t => {
  const agreed = contextOf(() => 'The answer is 8.')
  t.equal(
    await textIn(await abMcts.run(requestOf('q'), agreed, abMcts.params!.parse({}))),
    'The answer is 8.',
  )
  t.same(
    agreed.asked.map(({ kind }) => kind),
    ['candidate', 'candidate', 'candidate'],
  )
  t.strictSame(agreed.discarded, ['agrees with the answer', 'agrees with the answer'])

  const later = contextOf(({ kind }) => (kind === 'helper' ? 'Score: 5' : 'The answer is 8.'))
  await abMcts.run(requestOf('q'), later, abMcts.params!.parse({ parallel: 2 }))
  t.equal(later.asked.filter(({ kind }) => kind === 'helper').length, 2, 'two are too few to agree')
  t.strictSame(
    later.discarded,
    Array.from({ length: 3 }, () => 'agrees with the answer'),
  )
})
