import t from 'tap'
import { bareAnswerKey } from '../../../src/answers/answer-key.ts'
import { answerKey } from '../../../src/answers/answer.ts'
import { findJson } from '../../../src/answers/find-json.ts'
import { codeBlocks } from '../../../src/answers/code-blocks.ts'
import { mayHoldExamples, readExamples } from '../../../approaches/lib/asking/examples.ts'
import { splitConversation } from '../../../approaches/compact/split.ts'
import { readDifficulty } from '../../../approaches/effort/index.ts'
import { readVerdict } from '../../../approaches/lib/judging/verdict.ts'
import { isGreeting } from '../../../approaches/lib/request/greeting.ts'
import { kindByRules, readKind } from '../../../approaches/pick/kind.ts'
import { readList } from '../../../approaches/lib/asking/read-list.ts'
import { OutputFilter } from '../../../approaches/lib/asking/output-filter.ts'
import { TagReader } from '../../../src/sampling/tags.ts'
import { ThinkingFilter, withoutThinking } from '../../../src/sampling/thinking.ts'

/**
 * Just below the length from which answers are taken as they stand, and twice that; with their ends. A tag at the end changes
 * where reading begins, which shows in a shorter text as well.
 */
const texts = [
  [190_000, ''],
  [40_000, '</think>'],
  [400_000, 'a'],
] as const
const said = (content: string) => [{ role: 'user', content }]
const readers = {
  answerKey,
  bareAnswerKey,
  codeBlocks,
  isGreeting: (text: string) => String(isGreeting({ role: 'user', content: text })),
  kindByRules: (text: string) => kindByRules({ model: 'm', messages: said(text) }) ?? '',
  readDifficulty: (text: string) => readDifficulty(text) ?? '',
  readKind: (text: string) => readKind(text) ?? '',
  readVerdict: (text: string) => String(readVerdict(text)),
  splitConversation: (text: string) => splitConversation([...said(text), ...said(text)], 1024, 0.4) ?? '',
  mayHoldExamples: (text: string) => String(mayHoldExamples(said(text))),
  jsonIn: (text: string) => findJson(text) ?? '',
  readExamples,
  readList,
  withoutThinking,
}

/** Pieces that a model may repeat until its output is full. A reader that is not linear takes minutes for one of them. */
const pieces = [
  '.',
  ',',
  ' ',
  '\n',
  '`',
  '*',
  '_',
  '-',
  '(',
  '[',
  '{',
  '"',
  '|',
  '1',
  'A. ',
  'A.',
  '- ',
  '= ',
  ' \n',
  '~~~\n',
  '{"\\"',
  '\\"',
  '\\boxed{',
  '\\frac{',
  '\\sqrt{',
  '\\begin{pmatrix}',
  '\\begin{pmatrix}&',
  '(a) ',
  'x=1,',
  'x<',
  '√',
  '|',
  '9^',
  '<answer>',
  '<think>',
  '</think>',
  '`a` ',
  '"<think>" ',
  '#### ',
  'The answer is ',
  'the answer is not ',
  '1. a\n',
  '(a) 1\n',
  'a. 1\n',
  '1 + ',
  '$1$ ',
  'is $1$',
  'So x = ',
  '```\ndef a',
  'const a = ',
  ' and ',
  'Verdict: ',
  'not correct ',
  'hope this helps ',
  'so the x is O(',
  'Total cost: ',
  '1 + 1 = 2. ',
  'a = 1 \\Rightarrow ',
  'That means she has 5 left, which means ',
  'the x is 1, which simplifies to ',
  '(1, 2) = (',
  '{x : 1 < ',
  '(x, y) = (',
  '$$x',
  '$x ',
  '\\boxed{1} The answer is (J). ',
  'e.g. the answer is 1',
  '\u2705 1',
  '1ドル',
  'उत्तर ',
  'cevap A ',
  '故选',
  '因此 1 ',
  '\\begin{array}{cc}1 & ',
  ' (ab 1',
  '1,5 ',
  '1億2',
  '2 H2 + ',
  'H2 → ',
  ', i.e. x = 1',
  ', where x ≠ ',
  '\\[ 1 ',
  'is `a',
  'Q: a => ',
  '所以A选项 ',
  '【答案】',
  'A项，',
  '\\\\frac',
  '-x/2+',
  'p=1,q=1;',
  '```\n1\n',
  'is **a** ',
  '= 1\n',
  'Rp1.',
  '\nWould you like it?',
  '<eoa> ',
  '\\begin{array} 1 \\end{array}\n',
  '1 (2 m) ',
  'Sí, ',
  '٢',
  '%1 ',
  '|x| < 3 ',
  '[[1, 2]]+',
  '0.1\\overline{3}',
  'R \\setminus {1} ',
  'x₁ = 1 и ',
  '1 de mayo de ',
  '（1）\n',
  '\n\nProbe: ',
  ' 1 kilometer pro ',
  '$x=1$ ',
]

for (const [name, read] of Object.entries(readers)) {
  t.test(`${name} reads any repeated output in linear time`, async t => {
    const unread: string[] = []
    for (const piece of pieces) {
      for (const [length, end] of texts) {
        const text = piece.repeat(Math.ceil(length / piece.length)) + end
        if (!['string', 'object'].includes(typeof read(text))) unread.push(piece + end)
      }
    }
    t.strictSame(unread, [])
  })
}

/** Beginnings of streams, and pieces that a model may repeat behind them. */
const streamed = [
  ['', ' '],
  ['', '<output>x</output>'],
  ['', '<thinking></thinking> '],
  ['', '<think></think>\n'],
  ['<output>x', ' '],
  ['<output>x', '\n<output>'],
  ['<output>x</output>', '</output>'],
  ['<thinking>', '</think> '],
  ['<think>', '`</think>`'],
  ['a', '<'],
] as const

for (const [name, create] of Object.entries({
  OutputFilter: () => new OutputFilter(),
  TagReader: () => new TagReader(['output']),
  ThinkingFilter: () => new ThinkingFilter(),
})) {
  t.test(`${name} reads a stream of small pieces in linear time`, async t => {
    for (const [begin, piece] of streamed) {
      const text = begin + piece.repeat(400_000 / piece.length)
      const filter = create()
      let length = 0
      for (let at = 0; at < text.length; at += 4) length += filter.push(text.slice(at, at + 4)).length
      length += filter.end()?.length ?? 0
      t.ok(length <= text.length, begin + piece)
    }
  })
}

t.test('the objects of a broken list are read up to the quote that breaks it, and after it', async t => {
  const example = (n: number) => JSON.stringify({ question: `q${n} {"x"}`, answer: 'a' })
  const text = `[${example(1)}, ${example(2)}, {"question": "q3", "answer: "a"}, ${example(4)}`
  t.strictSame(
    readExamples(text).map(({ question }) => question.slice(0, 2)),
    ['q1', 'q2', 'q4'],
  )
})

t.test('the JSON of a reply is found in the last block that holds any, or between words', async t => {
  const found: readonly (readonly [string, unknown])[] = [
    ['{"a": [1, 2,],}', { a: [1, 2] }],
    ['Here:\n```json\n{"a": 1}\n```\nRun it:\n```bash\nrun\n```', { a: 1 }],
    ['```\n[1]\n```\nBetter:\n```\n[2]\n```\n[a note]', [2]],
    ['Sure: {"a": "]"} is it', { a: ']' }],
    [`${'['.repeat(400)}${']'.repeat(400)}`, Array],
  ]
  for (const [text, value] of found) t.match(findJson(text)?.value, value, text.slice(0, 40))
  for (const text of ['3', '"a"', 'null', '{"a": 1', '{]', `${'['.repeat(600)}${']'.repeat(600)}`])
    t.equal(findJson(text), undefined, text.slice(0, 40))
})

t.test('an answer with many programs is read in linear time', async t => {
  const programs = Array.from({ length: 12_000 }, (_, index) => `\`\`\`\ndef f${index}\n\`\`\`\n`)
  t.match(answerKey(programs.join('')), /./)
})
