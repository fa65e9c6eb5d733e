import t from 'tap'
import * as fc from 'fast-check'
import { readVerdict } from '../../../approaches/lib/judging/verdict.ts'

const words = fc.constantFrom<readonly [word: string, verdict: boolean]>(
  ['CORRECT', true],
  ['correct', true],
  ['Correct', true],
  ['INCORRECT', false],
  ['incorrect', false],
  ['Incomplete', false],
  ['INCOMPLETE', false],
)

t.test('a verdict may be a truth value or in another language', async t => {
  for (const [text, verdict] of [
    ['Verdict: TRUE', true],
    ['Verdict: false.', false],
    ['True', undefined],
    ['Fazit: korrekt', true],
    ['Urteil: nicht richtig', false],
    ['Verdict: nicht korrekt', false],
    ['Verdict: pas correcte', false],
    ["Verdict: ce n'est pas correct", false],
    ['Verdict: non correct', false],
    ['Verdict: pas tout à fait correct', false],
    ['Veredicto: no está correct', false],
    ["Verdict : il n'y a pas d'erreur et c'est correct", true],
    ['Verdict: no doubt correct', true],
    ['判定：不正确', false],
    ['结论：正确', true],
  ] as const)
    t.equal(readVerdict(text), verdict, text)
})

t.test('reads a verdict in every form that verifiers use', async () => {
  const wordings: readonly ((word: string) => string)[] = [
    word => word,
    word => ` ${word}.\n`,
    word => `**${word}**`,
    word => `Verdict: ${word}`,
    word => `**Verdict:** ${word}.`,
    word => `### Verdict\n\n${word}`,
    word => `Verdict - ${word}`,
    word => `My verdict is "${word}"`,
    word => `VERDICT: ${word}, since step 2 holds or not, right?`,
    word => `Verdict: [${word}]`,
    word => `{"verdict": "${word}", "faults": []}`,
    word => `\`\`\`json\n{"faults": ["not right"], "verdict": "${word}"}\n\`\`\``,
    word => `Step 1 is right, step 2 is wrong at first sight.\n\nVerdict: ${word}`,
    word => `Verdict: CORRECT or INCORRECT?\nStep 1 is fine.\nVerdict: ${word}`,
    word => `<think>Verdict: CORRECT? INCORRECT?</think>Verdict: ${word}`,
    word => `Step 1 is right, step 2 looks wrong.\n\n${word}`,
    word => `${word}\n\nStep 1 is right; step 2 looks wrong.`,
    word => `The solution is ${word}.`,
    word => `Assessment: the solution is ${word}`,
  ]
  fc.assert(
    fc.property(words, fc.constantFrom(...wordings), ([word, verdict], wording) => {
      return readVerdict(wording(word)) === verdict
    }),
    { numRuns: 1000 },
  )
})

t.test('"not correct" is not correct', async t => {
  for (const text of [
    'Verdict: not correct',
    'The solution is not correct.',
    "It isn't quite correct",
    'Verdict: NOT CORRECT',
    'This is hardly a correct answer',
    'Verdict: partially correct',
    'Verdict: correct except for the sign',
    'Verdict: correct, but the last case is missing',
    'mostly right',
    'The result is far from correct.',
    '{"is_correct": false}',
    'Correct: no',
    'not right; incorrect',
  ]) {
    t.equal(readVerdict(text), false, text)
  }
})

t.test('the absence of faults is not a fault', async t => {
  for (const text of [
    'Verdict: CORRECT. Nothing is wrong.',
    'No step is wrong. The solution is correct.',
    'I could not find an error and it is correct',
    'I see no incorrect step, it is right.',
    '{"correct": true}',
    'Correct: yes',
  ]) {
    t.equal(readVerdict(text), true, text)
  }
})

t.test('does not guess', async t => {
  for (const text of [
    '',
    'good',
    '7/10',
    'CORRECT / INCORRECT / INCOMPLETE',
    'Verdict: CORRECT or INCORRECT',
    'Verdict: CORRECT|INCORRECT',
    'It is not wrong',
    'Step 1 is correct. Step 2 is incorrect.',
    '<think>CORRECT',
    'My verdict follows',
  ]) {
    t.equal(readVerdict(text), undefined, text)
  }
})

t.test('never reads a denial as correct, and handles any text', async t => {
  const scraps = fc.constantFrom('Verdict', ':', ' ', '\n', '.', '*', 'not ', "n't ", 'the ', 'step ', '"')
  const noise = fc.array(scraps, { maxLength: 12 }).map(parts => parts.join(''))
  const contrary = fc.constantFrom('incorrect', 'INCOMPLETE', 'not correct', 'wrong')
  fc.assert(
    fc.property(noise, contrary, (before, word) => readVerdict(`${before}\n${word}`) !== true),
    { numRuns: 1000 },
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), text => {
      return [true, false, undefined].includes(readVerdict(text))
    }),
  )
  const long = 'not '.repeat(200_000)
  t.equal(readVerdict(`${long}\nVerdict: CORRECT`), true)
})

t.test('a question is not a verdict', async t => {
  t.equal(readVerdict('Is it correct? Unclear.'), undefined)
  t.equal(readVerdict('Is it correct? No: the sum is wrong.'), false)
})

t.test('a mark or a word in the language of the question is a verdict, unless reasons follow', async t => {
  for (const [text, verdict] of [
    ['Verdict: ✅', true],
    ['Verdict: ❌', false],
    ['Verdict: PASS', true],
    ['Verdict: FAILED', false],
    ['Urteil: RICHTIG', true],
    ['Verdict: falsch.', false],
    ['Veredicto: correcto', true],
    ['Verdict: Faux', false],
    ['Вердикт: неверно', false],
    ['结论：正确。', true],
    ['结论：错误', false],
    ['판정: 맞습니다.', true],
    ['判定：正しいとは言えない', undefined],
    ['Urteil: Richtig, aber Schritt 3 ist falsch', undefined],
    ['没有错误', undefined],
    [String.raw`Verdict: \boxed{\text{INCORRECT}}`, false],
  ] as const)
    t.equal(readVerdict(text), verdict, text)
})
