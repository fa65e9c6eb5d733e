import t from 'tap'
import * as fc from 'fast-check'
import { readPick } from '../../../../approaches/lib/judging/pick.ts'

const wordings: readonly ((pick: number) => string)[] = [
  pick => `${pick}`,
  pick => `**${pick}**`,
  pick => `#${pick}.`,
  pick => `Answer ${pick}`,
  pick => `Best: ${pick}`,
  pick => `best: answer ${pick}`,
  pick => `**Best:** ${pick}`,
  pick => `**Best: Answer ${pick}**`,
  pick => `BEST ANSWER: ${pick}\nREASONING: it has 3 steps, answer 1 has 2.`,
  pick => `Best: <${pick}>`,
  pick => `Best: $\\boxed{${pick}}$`,
  pick => `\\boxed{${pick}}`,
  pick => JSON.stringify({ reasoning: 'Answer 1 has 2 slips', best: pick }),
  pick => JSON.stringify({ best_answer: `${pick}` }),
  pick => `Answers 1 and 2 differ in step 3.\nThe best answer is answer ${pick}.`,
  pick => `I compared all 4 of them. I would choose answer ${pick}, for its proof.`,
  pick => `Answer 1 misses 2 cases. Answer ${pick} is clearly the best.`,
  pick => `Answer ${pick} wins.`,
  pick => `${pick} is better than 1`,
  pick => `Better answer: ${pick}.`,
  pick => `{"better": ${pick}}`,
  pick => `[[${pick}]]`,
  pick => `The winner is number ${pick}!`,
  pick => `<think>Best: 1? No. Best: 2?</think>Best: ${pick}`,
  pick => `Best: 1\nOn second thought, not so.\nBest: ${pick}`,
  pick => `Answer 1 says 42, the others 43.\nFinal verdict - answer (${pick})`,
  pick => `Mejor: ${pick}`,
  pick => `Best: \\mathrm{${pick}}`,
  pick => `Best: <answer number="${pick}">`,
  pick => `Best: <answer-7f3ab2 number="${pick}">`,
  pick => `Best: ${'①②③④⑤⑥⑦⑧'[pick - 1] ?? pick}`,
  pick => `Best: ${['one', 'Two', 'three', 'four'][pick - 1] ?? pick}`,
  pick => `Best: ${['the first', 'the second one', 'Third', 'fourth'][pick - 1] ?? pick}`,
  pick => `Best: ${['one because', 'two, since'][pick - 1] ?? pick} it holds in all 3 cases`,
  pick => `Best: n°${pick}`,
  pick => `最も良い回答は${pick}です。`,
  pick => `最佳答案：${pick}`,
  pick => `${pick}\n\nIt works the sum out in full, while the others guess.`,
  pick => `They all say much the same; only the working of answer ${pick} holds.`,
]

t.test('finds the choice in any wording', async t => {
  fc.assert(
    fc.property(
      fc.constantFrom(...wordings),
      fc.integer({ min: 1, max: 64 }),
      fc.nat(20),
      (word, pick, more) => {
        t.equal(readPick(word(pick), pick + more + 3), pick, word(pick))
      },
    ),
    { numRuns: 500 },
  )
})

t.test('reads nothing if there is no choice, several, or one out of range', async t => {
  for (const text of [
    '',
    'They are all wrong.',
    'Best: none',
    'Best: 2 or 3',
    'Best: answer 2 and answer 3',
    'Best: 0',
    'Best: 5',
    'Best: -1',
    'Best: 2.5',
    'Best: one of 2 and 3',
    'Best: one of them',
    'Best: second to none is 1',
    '7',
    'Answers 1 to 4 agree.',
    'I see answer 1 and answer 2 at the same level.',
    'The right result is 42.',
    'All 3 answers are equal.',
    'Answer 1 is worse.',
    'Answer 2 is wrong',
    '最好不要选 2',
    '最好别选2。',
    '最好的是2或3',
    'La mejor no es la 2.',
    'Die beste ist nicht die 2.',
    'I would not choose answer 2 here.',
    "You shouldn't pick 2; both others beat it.",
    'We cannot ever select 2.',
  ]) {
    t.equal(readPick(text, 4), undefined, text)
  }
})

t.test('never returns a choice out of range, and is quick with hostile texts', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('Best: ', 'answer ', '1', '9', '\n', ' is the best', ',') }),
      text => {
        const pick = readPick(text, 3)
        return pick === undefined || [1, 2, 3].includes(pick)
      },
    ),
  )
  for (const scrap of ['best: ', 'answer 1 ', '1.', 'best: 1, ', '\\boxed{', 'best ']) {
    readPick(scrap.repeat(20_000), 4)
  }
})

t.test('reads the best in other languages', async t => {
  for (const text of [
    '最好的是2',
    'La mejor es la 2.',
    'Die beste Antwort ist Nummer 2.',
    'La migliore è la 2',
  ])
    t.equal(readPick(text, 3), 2, text)
})

t.test('a letter names no answer: it may be a choice of the question', async t => {
  for (const text of ['Best: B', String.raw`\boxed{B}`, 'Best: II'])
    t.equal(readPick(text, 3), undefined, text)
})
