import fc from 'fast-check'
import t from 'tap'
import type { Message } from '../../../src/contract/index.ts'
import { findArithmetic, slipsFrom } from '../../../src/providers/simulated/arithmetic.ts'
import { randomFrom } from '../../../src/providers/simulated/random.ts'
import { solve } from '../../../src/providers/simulated/solver.ts'
import type { Skill } from '../../../src/providers/simulated/solver.ts'

const perfect: Skill = { accuracy: 1, judgeAccuracy: 1, wrongAnswers: 4 }
const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string): Message => ({ role: 'assistant', content })

function said(messages: readonly Message[], skill: Partial<Skill> = {}, seed = 1): string | undefined {
  return solve({ model: 'm', messages }, { ...perfect, ...skill }, randomFrom(seed))?.text
}

t.test('arithmetic is worked out', async t => {
  const known: readonly [string, number | undefined][] = [
    ['What is 17 * 23?', 391],
    ["what's 2+2", 4],
    ['Calculate 6 x 7 - 2.', 40],
    ['How much is (2 + 3) × -4 ?', -20],
    ['10 ÷ 4 = ?', 2.5],
    ['2 - 3 - 4?', -5],
    ['Please evaluate ((1 + 2) * (3 + 4)), then stop.', 21],
    ['What is 1 / 0?', undefined],
    ['What is (1 + 2?', undefined],
    ['Grade it from 0 - 10.', undefined],
    ['On 2026-11-25, what is new?', undefined],
  ]
  for (const [text, value] of known) t.equal(findArithmetic(text)?.value, value, text)
})

t.test('sums and products of any size are exact, and slips are wrong and different', async t => {
  const number = fc.integer({ min: 0, max: 99_999 })
  fc.assert(
    fc.property(number, fc.constantFrom('+', '-', '*'), number, (left, operator, right) => {
      const value = { '+': left + right, '-': left - right, '*': left * right }[operator]
      t.equal(findArithmetic(`What is ${left} ${operator} ${right}?`)?.value, value)
      const answers = new Set([...slipsFrom(value, 12), value])
      if (answers.size !== 13) t.fail(`${value} has slips that are equal or right`)
    }),
    { numRuns: 50 },
  )
})

t.test('a long text of digits and signs is read quickly', async t => {
  t.equal(findArithmetic('1'.repeat(200_000)), undefined)
  t.equal(findArithmetic('1+('.repeat(100_000)), undefined)
})

t.test('a question is answered correctly or with a slip; anything else is not answered', async t => {
  t.match(said([user('What is 17 * 23?')]), /What is 17 \* 23\? .*\n\nThe answer is 391\.$/)
  t.match(said([user('What is 17 * 23?')], { accuracy: 0, wrongAnswers: 1 }), /The answer is 392\.$/)
  t.equal(said([user('Who are you?')]), undefined)
  t.equal(said([{ role: 'system', content: 'What is 1 + 1?' }, user('Hello')]), undefined)
})

t.test('the latest question counts', async t => {
  const conversation = [user('What is 2 + 2?'), assistant('The answer is 5.'), user('What is 3 * 3?')]
  t.match(said(conversation), 'The answer is 9.')
})

t.test('an answer that it believes is kept; other questions are solved again', async t => {
  const drafts = user('What is 2 + 2?\n\nDraft 1: The answer is 5.\nDraft 2: The answer is 4.\n\nNow you.')
  t.match(said([drafts], { accuracy: 0 }), 'The answer is 4.')
  const wrong = user('What is 2 + 2?\n\nDraft 1: The answer is 5.\n\nNow you.')
  t.match(said([wrong]), 'The answer is 4.')
})

t.test('a judgement has the requested form', async t => {
  const right = [user('What is 2 + 2?'), assistant('The answer is 4.')]
  const wrong = [user('What is 2 + 2?'), assistant('The answer is 5.')]
  const forms: readonly [string, string, string][] = [
    ['Grade it from 0 (useless) to 10 (perfect). Reply with the number and nothing else.', '9', '2'],
    ['Rate the answer on a scale of 0-1.', '0.9', '0.2'],
    ['End with a line "Score: <n>", out of 100.', 'Score: 90', 'Score: 20'],
    ['Is it right? Answer yes or no.', 'yes', 'no'],
    ['Finish with `Verdict: CORRECT` or `Verdict: INCORRECT`.', 'Verdict: CORRECT', 'Verdict: INCORRECT'],
    ['Say TRUE when all of it holds, and FALSE when any of it does not.', 'TRUE', 'FALSE'],
  ]
  for (const [instruction, good, bad] of forms) {
    t.equal(said([...right, user(instruction)]), good, instruction)
    t.equal(said([...wrong, user(instruction)]), bad, instruction)
    t.not(said([...right, user(instruction)], { judgeAccuracy: 0 }), good, 'a judge that is always wrong')
  }
})

t.test('numbers in the question are not a scale', async t => {
  const shown = 'What is 1 - 3?\n<solution>What is 1 - 3? The answer is -2.</solution>'
  t.equal(said([user(`${shown}\nIn 2 to 4 words: is it right or wrong? Score it from 0 to 10.`)]), '9')
  t.equal(said([user(`${shown}\nSay whether it is right or wrong, in a word.`)]), 'right')
})

t.test('of several answers, the believed one is chosen, by number or letter', async t => {
  const listed =
    'What is 2 + 2?\n<draft number="3">The answer is 5.</draft>\n<draft number="7">The answer is 4.</draft>'
  t.equal(said([user(`${listed}\nReply with the number of the best draft.`)]), '7')
  t.equal(said([user(`${listed}\nEnd with "Best: <number>", the number of the best.`)]), 'Best: 7')
  const lettered = 'What is 2 + 2?\nCandidate A: The answer is 4.\nCandidate B: The answer is 5.'
  t.equal(said([user(`${lettered}\nWhich of them is right?`)]), 'A')
  t.match(said([user(`${listed}\nWork out which one is right. Then answer.`)]), 'The answer is 4.')
  const none = 'What is 2 + 2?\nCandidate A: The answer is 6.\nCandidate B: The answer is 5.'
  const chosen = Array.from({ length: 20 }, (_, seed) => said([user(`${none}\nWhich is best?`)], {}, seed))
  t.same(new Set(chosen), new Set(['A', 'B']))
})

t.test('a judge without an answer to judge answers the question', async t => {
  t.match(said([user('What is 2 + 2? Grade yourself from 0 to 10.')]), 'The answer is 4.')
})

t.test('a model asked for a mistake makes one', async t => {
  for (const wish of [
    'a solution that is deliberately wrong.',
    'an answer that is wrong. Do not answer rightly.',
  ])
    t.match(said([user(`What is 2 + 2? Write ${wish}`)]), /The answer is (?!4\.)/)
})

t.test('of several believed answers, the most frequent one is kept', async t => {
  const answers = [5, 6, 6, 5, 6].map(value => `The answer is ${value}.`).join('\n')
  t.match(said([user(`What is 2 + 2?\n${answers}\nNow you.`)], { judgeAccuracy: 0 }), 'The answer is 6.')
})

t.test('notes do not reveal the answer', async t => {
  for (const instruction of ['Do not answer the above yet. Make a plan.', 'Give hints without solving it.']) {
    const notes = said([user(`What is 17 * 23?\n\n${instruction}`)])
    t.match(notes, /^1\. What is 17 \* 23\?\n2\. /)
    t.notMatch(notes, '391')
  }
  const solved = [user('What is 17 * 23?'), assistant('The answer is 391.')]
  t.match(said([...solved, user('Do not answer yet. Review this.')]), 'The answer is 391.')
  t.notMatch(said([...solved, user('Write the task. Do not give the answer itself.')]), '391')
})

t.test('asked for one word, the model says the first it may say', async t => {
  const ask = 'Do not answer the above. How hard is it? Reply with one word: EASY, MEDIUM or HARD.'
  t.equal(said([user(`What is 17 * 23?\n\n${ask}`)]), 'EASY')
})
