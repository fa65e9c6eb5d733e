import t from 'tap'
import * as fc from 'fast-check'
import { answerKey, extractAnswer } from '../../../approaches/lib/answer.ts'

const wordings: readonly ((answer: string) => string)[] = [
  answer => answer,
  answer => `Let me see: 3 and 4.\nThe answer is ${answer}.`,
  answer => `The final answer is: ${answer}. I hope this answer is of help.`,
  answer => `Step 1: 99.\n\n**Final Answer:** ${answer}`,
  answer => `### Final Answer\n\n${answer}`,
  answer => `So the correct answer is **${answer}**.`,
  answer => `Answer: ${answer}\n\nTell me if 17 more are needed.`,
  answer => `so we have $\\boxed{${answer}}$.`,
  answer => `7 * 8 = 56\n#### ${answer}`,
  answer => `<think>The answer is 1</think>The answer is ${answer}`,
  answer => `<answer>${answer}</answer>`,
  answer => `The final answer is $${answer}$.`,
]

t.test('finds the answer in any wording', async t => {
  const answers = fc.oneof(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
    fc.constantFrom('3/7', '1,234.5', '12 km', 'Paris', 'B', '(C)', '2^10', 'St. Louis', 'x > 5', '50%'),
  )
  fc.assert(
    fc.property(answers, fc.constantFrom(...wordings), (answer, word) => {
      t.equal(answerKey(word(answer)), answerKey(answer), word(answer))
    }),
    { numRuns: 500 },
  )
})

t.test('never takes different numbers for one, in whatever wording', async t => {
  const wording = fc.constantFrom(...wordings)
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), wording, wording, (one, other, word, reword) => {
      return (answerKey(word(`${one}`)) === answerKey(reword(`${other}`))) === (one === other)
    }),
    { numRuns: 500 },
  )
  t.not(answerKey('The answer is 12.'), answerKey('The answer is 13.'))
})

t.test('takes a last line that is a number or the letter of a choice, else code, else all', async t => {
  for (const [text, answer] of [
    ['6 times 7, so\n\n**42**', '42'],
    ['It must be one of the first two.\n(B) the second', '(B) the second'],
    ['Here it is:\n```js\nlet x\n```\nIt says 5.', '```js\nlet x\n```'],
    ['The answer is:\n```\nlet x\n```', '```\nlet x\n```'],
    ['cut:\n```\nlet x', '```\nlet x```'],
    ['\\boxed{\\frac{1}{2}} but \\boxed{{x}', '\\boxed{\\frac{1}{2}} but \\boxed{{x}'],
    ['I was born in Rome. It was hot.', 'I was born in Rome. It was hot.'],
    ['The answer is B. Because the rest is wrong.', 'B'],
    ['The answer is St. Louis. It lies on a river.', 'St. Louis'],
    ['The answer is 3.14. It goes on.', '3.14'],
    ['<think>hm', '<think>hm'],
  ] as const) {
    t.equal(extractAnswer(text), answer, text)
  }
})

t.test('takes no time over long or hostile texts', async t => {
  for (const scrap of [
    '\\boxed{',
    'the answer ',
    'answer is ',
    '**',
    '```',
    '<answer>',
    '1,',
    '#### ',
    'a. ',
  ]) {
    t.type(answerKey(scrap.repeat(20_000)), 'string')
  }
})
