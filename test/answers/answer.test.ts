import t from 'tap'
import * as fc from 'fast-check'
import { answerKey, extractAnswer } from '../../src/answers/answer.ts'

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
  answer => `**Final answer**: ${answer}\n\nLet me know if the answer is unclear.`,
  answer => `The answer is therefore ${answer}, since all else is ruled out.`,
  answer => `So the correct answer should be ${answer}.`,
  answer => `The final answer is:\n\n$$\n${answer}\n$$`,
  answer => `The answer is\n\\[\n${answer}\n\\]`,
  answer => `The answer is not 0. The answer is ${answer} because I checked.`,
  answer => `I thought the answer is 9. Wait, no.\nMy final answer: ${answer}`,
  answer => `\\[ \\boxed{\\text{${answer}}} \\]`,
  answer => `so \\fbox{${answer}}`,
  answer => JSON.stringify({ reasoning: 'the answer is 9, no', answer }),
  answer => `\`\`\`json\n${JSON.stringify({ final_answer: answer, confidence: 0.9 }, null, 2)}\n\`\`\``,
  answer => `Ich rechne nach.\nDie Antwort ist ${answer}.`,
  answer => `Réponse : ${answer}`,
  answer => `La respuesta es ${answer}.`,
  answer => `所以答案是${answer}。`,
  answer => `Ответ: **${answer}**`,
  answer => `Odpowiedź: ${answer}`,
  answer => `The answer to your question is ${answer}.`,
  answer => `The answer comes out to ${answer}.`,
  answer => `<final_answer>${answer}</final_answer>`,
  answer => `<|begin_of_box|>${answer}<|end_of_box|>`,
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

t.test('never confuses different numbers, whatever the wording', async t => {
  const wording = fc.constantFrom(...wordings)
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), wording, wording, (one, other, word, reword) => {
      return (answerKey(word(`${one}`)) === answerKey(reword(`${other}`))) === (one === other)
    }),
    { numRuns: 500 },
  )
  t.not(answerKey('The answer is 12.'), answerKey('The answer is 13.'))
})

t.test(
  'takes a last line that is a number or the letter of a choice, else code, else everything',
  async t => {
    for (const [text, answer] of [
      ['6 times 7, so\n\n**42**', '42'],
      ['It must be one of the first two.\n(B) the second', '(B) the second'],
      ['Here it is:\n```js\nlet x\n```\nIt says 5.', '```js\nlet x\n```'],
      ['The answer is:\n```\nlet x\n```', '```\nlet x\n```'],
      ['cut:\n```\nlet x', '```\nlet x```'],
      ['\\boxed{\\frac{1}{2}} but \\boxed{{x}', '\\frac{1}{2}'],
      ['only \\boxed{{x}', 'only \\boxed{{x}'],
      ['\\boxed{\\{1, 2\\}}', '\\{1, 2\\}'],
      ['The roots are $\\boxed{2}$ and $\\boxed{3}$.', '2, 3'],
      ['First \\boxed{2}. Corrected: \\boxed{3}', '3'],
      ['I add them.\n\nTherefore, she has **42** apples left.', '42'],
      ['I add them.\nHence there are 42 ways.', '42'],
      ['Hence of 50 there are 42 left.', 'Hence of 50 there are 42 left.'],
      ['I add them.\n6 * 7 = 42', '42'],
      ['a\nx <= 5', 'x <= 5'],
      ['Weighing both.\nOption B is the best of them.', 'B'],
      ['C fails, so the correct option is B.\nThat is all I can say.', 'B'],
      ['The result is a **mess**.\n```js\nlet x\n```\nSo it has 1 line.', '```js\nlet x\n```'],
      ['Call it if the answer is unclear.', 'Call it if the answer is unclear.'],
      ['{"text": "no answer in it"}', '{"text": "no answer in it"}'],
      ['{"answer": {"x": 1}}', '{"x":1}'],
      ['Answer: C. Explanation follows.', 'C'],
      ['**Solution**\n\nWe have x + 3 = 7.\n\n$$x = 4$$', 'x = 4'],
      ['Thus\n\n\\[\nx = 4\n\\]', 'x = 4'],
      ['Therefore, the value of $x$ is $4$.', '4'],
      ['So the volume increases by a factor of 8.', '8'],
      ['Thus, the probability is $\\frac{1}{2}$.', '\\frac{1}{2}'],
      ['Hence it costs $5.', '$5'],
      ['It takes **5 hours**.', '5 hours'],
      ['She has 42 apples.', '42'],
      ['It was built in 1990.', 'It was built in 1990.'],
      ['I would go with B.', 'B'],
      ['所以，故选：B', 'B'],
      ['```js\nlet x\n```\nThe final answer is above.', '```js\nlet x\n```'],
      ['I was born in Rome. It was hot.', 'I was born in Rome. It was hot.'],
      ['The answer is B. Because the rest is wrong.', 'B'],
      ['The answer is St. Louis. It lies on a river.', 'St. Louis'],
      ['The answer is 3.14. It goes on.', '3.14'],
      ['<think>hm', '<think>hm'],
    ] as const) {
      t.equal(extractAnswer(text), answer, text)
    }
  },
)

t.test('is quick with long or hostile texts', async t => {
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
    '(',
    '(1, ',
    '{"answer":',
    '\\frac{1}',
    '\\text{',
    '5 ',
    '答案',
    '= 1 ',
    'so 1 ',
    '**1** ',
  ]) {
    t.type(answerKey(scrap.repeat(20_000)), 'string')
  }
})

t.test('a number in front of a constant or a root is not the answer', async t => {
  const plain = answerKey('So the area is 12.')
  for (const rest of ['\\pi', ' \\pi', 'π', '√2'])
    t.not(answerKey(`So the area is $12${rest}$.`), plain, rest)
})

t.test('a number before a full stop is read, and steps are not', async t => {
  t.equal(extractAnswer('The answer is 1. I hope it helps.'), '1')
  t.equal(extractAnswer('Solution:\n1. We add 3 and 4.\n2. That is 7.\n\nSo there are 7 of them.'), '7')
})

t.test(
  'a number alone in a block is read as a number, and a statement that is judged as its verdict',
  async t => {
    t.equal(answerKey('```\n10\n```'), answerKey('10'))
    t.equal(answerKey('This statement is true.'), answerKey('True'))
    t.not(answerKey('```\n10\n```'), answerKey('```\n11\n```'))
  },
)
