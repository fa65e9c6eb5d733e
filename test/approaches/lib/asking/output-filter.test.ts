import t from 'tap'
import * as fc from 'fast-check'
import { OutputFilter } from '../../../../approaches/lib/asking/output-filter.ts'

function filtered(pieces: readonly string[]): string | undefined {
  const filter = new OutputFilter()
  const out = pieces.map(piece => filter.push(piece)).join('')
  const rest = filter.end()
  return rest === undefined && out === '' ? undefined : out + (rest ?? '')
}

t.test('passes the output; without one, everything but the thinking', async t => {
  for (const [text, answer] of [
    ['<thinking>a</thinking><output> b c </output> d', 'b c'],
    ['<THINKING>a</THINKING>\n<Output>\nb\n', 'b'],
    ['<output>b</output>', 'b'],
    ['<output>1 < 2 <thinking> </output >', '1 < 2 <thinking>'],
    ['a</thinking><output>b</output>', 'b'],
    ['a</thinking>b', 'b'],
    ['<thinking>a</thinking> b ', 'b'],
    ['b', 'b'],
    ['<thinking>I use <output> then</thinking><output>b</output>', 'b'],
    ['<thinking>a <output>b</output>', 'b'],
    ['<thinking>a <output>x</output> no, <output>b', 'b'],
    ['<thinking>a</thinking>b<output></output>', 'b'],
    ['so: <output', 'so: <output'],
    ['<output>a <b', 'a <b'],
    ['<thinking>a', undefined],
    ['<thinking>a</thinking> ', undefined],
    ['', undefined],
  ] as const) {
    t.equal(filtered([text]), answer, text)
  }
})

t.test('returns the same result however the text is cut', async t => {
  const scraps = fc.constantFrom(
    '<thinking>',
    '</thinking>',
    '<output>',
    '</output>',
    '<reflection>',
    ' ',
    '\n',
    'a',
    '<',
  )
  const texts = fc.array(fc.oneof(scraps, scraps, fc.string({ maxLength: 3 })), { maxLength: 15 })
  fc.assert(
    fc.property(texts, parts => {
      const text = parts.join('')
      t.equal(filtered(text.split('')), filtered([text]))
      return filtered(parts) === filtered([text])
    }),
  )
})

t.test('never passes the thinking before an output', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('secret', ' ', '<', '<output>', '</output>', '<reflection>')),
      thoughts => {
        const text = `<thinking>${thoughts.join('')}</thinking><output>open</output>`
        return filtered(text.split('')) === 'open'
      },
    ),
  )
})

t.test('an answer streams behind the thinking that a model has in marks of its own', t => {
  for (const marked of ['<think>I plan.</think>', '<think>In <output> tags.</think>\n', '◁think▷a◁/think▷']) {
    const filter = new OutputFilter()
    const shown = [marked, '<thinking>2+2</thinking>', '<output>4', ' and more'].map(text =>
      filter.push(text),
    )
    t.same(shown, ['', '', '4', ' and more'], marked)
  }
  t.end()
})

t.test('tags that a text mentions before its answer open nothing', t => {
  const answer = '<thinking>2+2</thinking><output>4</output>'
  for (const said of [
    'I answer in <output> tags. ',
    'As asked: ',
    'I think in <thinking> and answer in <output>: ',
  ])
    t.equal(filtered([said, answer]), '4', said)
  t.end()
})
