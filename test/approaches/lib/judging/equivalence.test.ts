import t from 'tap'
import { readGroups } from '../../../../approaches/lib/judging/equivalence.ts'
import selfConsistency from '../../../../approaches/self_consistency.ts'
import { HulumanageError } from '../../../../src/contract/index.ts'
import { contextOf, promptOf, requestOf, textIn } from '../../model.ts'
import type { Scripted } from '../../model.ts'

const params = {
  n: 5,
  quorum: 0,
  patience: 0,
  adaptive: false,
  confidence: 0.95,
  equivalence: 'auto',
} as const

async function vote(draw: readonly string[], compare: Scripted, equivalence: 'auto' | 'off' = 'auto') {
  const ctx = contextOf(({ path }) => (path === 'draw' ? draw : compare))
  const answer = await textIn(await selfConsistency.run(requestOf('q'), ctx, { ...params, equivalence }))
  return { answer, asked: ctx.asked }
}

const cities = [
  'The answer is Rome.',
  'The answer is NYC.',
  'The answer is New York City.',
  'The answer is Oslo.',
]

t.test('one helper call groups short answers in words that disagree', async t => {
  const { answer, asked } = await vote(cities, '1|2,3|4')
  t.equal(answer, cities[1])
  t.same(
    asked.map(({ kind, path }) => [kind, path]),
    [
      ['candidate', 'draw'],
      ['helper', 'compare'],
    ],
  )
  t.match(promptOf(asked[1]!.request), /1\. Rome.*2\. NYC.*3\. New York City/)
})

t.test('nothing is asked if more than half agree, if no answer is in words, or if it is off', async t => {
  for (const draw of [
    ['Rome', 'Rome', 'Oslo'],
    ['1', '2', '3'],
    ['B', 'C', 'D'],
    ['x + 1', '2x', '3'],
  ])
    t.equal((await vote(draw, '1,2,3')).asked.length, 1, draw.join(' '))
  t.equal((await vote(cities, '1|2,3|4', 'off')).asked.length, 1)
})

t.test('answers that a rule tells apart stay apart whatever the model says', async t => {
  t.equal((await vote(['ten', '11', '12 or so', '11', '13'], '1,2,4,5|3')).answer, '11')
  t.equal(
    (await vote(['5', '7', 'seven or so', '6'], '1,2,3|4')).answer,
    '5',
    'a group of two numbers is void',
  )
})

t.test('a comparison that fails, or that cannot be read, leaves the vote as it is', async t => {
  for (const reply of ['hm', '', '1,9|2', '1,2|2,3', new HulumanageError('upstream_error', 'down')])
    t.equal((await vote(cities, reply)).answer, cities[0], String(reply))
  const spent = new HulumanageError('budget_calls', 'spent')
  await t.rejects(vote(cities, spent), spent)
})

t.test('of texts without a result, one call chooses the most consistent', async t => {
  const long = (topic: string) => `${topic}. ${'It is a long story, told by many. '.repeat(12)}`
  const texts = ['Of cats', 'Of dogs', 'Of mice'].map(long)
  const { answer, asked } = await vote(texts, 'Best: 3')
  t.equal(answer, texts[2])
  t.equal(asked.length, 2)
  t.match(promptOf(asked[1]!.request), /most consistent with the others/)
  t.ok(texts.includes((await vote(texts, 'none of them')).answer!), 'the most central one')
  t.equal((await vote(texts, 'Best: 3', 'off')).asked.length, 1)
})

t.test('groups are read from one line of numbers', async t => {
  t.same(readGroups('1,3|2', 3), [[0, 2], [1]])
  t.same(readGroups('Rome and Roma are one city.\n**1, 2 | 3**', 3), [[0, 1], [2]])
  for (const text of [
    String.raw`\boxed{1,3|2}`,
    'Groups: 1,3|2',
    '[1,3]|[2]',
    '(1, 3) | (2)',
    '1,3｜2',
    '```\n1,3|2\n```',
  ])
    t.same(readGroups(text, 3), [[0, 2], [1]], text)
  t.equal(readGroups('1 and 2 are the same', 2), undefined)
  t.equal(readGroups('1,4', 3), undefined)
  t.equal(readGroups('1,1', 3), undefined)
})
