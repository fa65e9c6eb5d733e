import t from 'tap'
import * as fc from 'fast-check'
import { readExamples } from '../../../../approaches/lib/asking/examples.ts'

const examples = [
  { question: 'What is "5 + 7"? {a} [b]', answer: '12' },
  { question: 'And\n9 - 4?', answer: 'It is 5, \\(5\\).' },
]

t.test('reads examples in any wrapping', async t => {
  const json = fc.constantFrom(JSON.stringify(examples), JSON.stringify(examples, undefined, 2))
  const wrapped = fc.constantFrom(
    (text: string) => `<examples>${text}</examples>`,
    (text: string) => `Here they are:\n<Examples>\n${text}\n</Examples>\nThat is all.`,
    (text: string) => `<examples>\n\`\`\`json\n${text}\n\`\`\`\n</examples>`,
    (text: string) => `\`\`\`\n${text}\n\`\`\``,
    (text: string) => `I found two: ${text}`,
    (text: string) => `<examples>${text}`,
    (text: string) => `<examples>{"examples": ${text}}</examples>`,
  )
  fc.assert(fc.property(json, wrapped, (text, wrap) => t.same(readExamples(wrap(text)), examples)))
})

t.test('reads any texts that JSON can represent', async t => {
  const text = fc.string({ minLength: 1 }).filter(value => value.trim() === value && value !== '')
  const some = fc.uniqueArray(fc.record({ question: text, answer: text }), {
    selector: ({ question }) => question,
  })
  fc.assert(
    fc.property(some, all =>
      t.same(
        readExamples(JSON.stringify(all)),
        all.map(one => ({ ...one })),
      ),
    ),
  )
})

t.test('accepts other names for the fields, and answers that are not strings', async t => {
  for (const [object, example] of [
    ['{"Question": "a", "ANSWER": 5}', { question: 'a', answer: '5' }],
    ['{"input": "a", "output": false}', { question: 'a', answer: 'false' }],
    ['{"q": " a ", "a": "0", "note": [1]}', { question: 'a', answer: '0' }],
  ] as const) {
    t.same(readExamples(`[${object}]`), [example])
  }
})

t.test('reads the complete examples of a broken array', async t => {
  const [first, second] = examples.map(example => JSON.stringify(example))
  for (const text of [
    `[${first}, ${second},]`,
    `[${first} ${second}`,
    `<examples>[${first}, ${second}, {"question": "c`,
  ]) {
    t.same(readExamples(text), examples)
  }
  t.same(readExamples(`[${first}, {"question": "b"}, 5, null, {"question": "c", "answer": {}}, []]`), [
    examples[0],
  ])
  t.same(readExamples(`[${first}, ${first}]`), [examples[0]], 'each once')
})

t.test('finds nothing if there are no examples', async t => {
  for (const text of [
    '',
    '<examples>[]</examples>',
    'There are none.',
    '{}',
    '[',
    ']',
    '][',
    '[[',
    '{"question": "a"',
  ]) {
    t.same(readExamples(text), [], text)
  }
  fc.assert(fc.property(fc.string(), text => Array.isArray(readExamples(text))))
})

t.test('looks for objects behind 99 braces that open none, and two million characters in vain', async t => {
  const [example] = examples
  const object = JSON.stringify(example)
  t.same(readExamples('{'.repeat(99) + object), [example])
  t.same(readExamples('{'.repeat(100) + object), [])
  const inVain = `{${'x'.repeat(999_999)}`
  t.same(readExamples(inVain + object), [example])
  t.same(readExamples(inVain.repeat(2) + object), [])
})
