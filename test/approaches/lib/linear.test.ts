import t from 'tap'
import { answerKey } from '../../../src/answers/answer.ts'
import { findJson } from '../../../src/answers/find-json.ts'
import { readExamples } from '../../../approaches/lib/asking/examples.ts'
import { OutputFilter } from '../../../approaches/lib/asking/output-filter.ts'
import { TagReader } from '../../../src/sampling/tags.ts'
import { ThinkingFilter } from '../../../src/sampling/thinking.ts'

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
