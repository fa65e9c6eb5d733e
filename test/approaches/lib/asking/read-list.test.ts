import t from 'tap'
import * as fc from 'fast-check'
import { readList } from '../../../../approaches/lib/asking/read-list.ts'

const styles: Record<string, (items: readonly string[]) => string> = {
  numbers: items => items.map((item, at) => `${at + 1}. ${item}`).join('\n'),
  brackets: items => `Here is what I see:\n\n${items.map((item, at) => `(${at + 1}) ${item}`).join('\n')}`,
  parentheses: items => items.map((item, at) => `  ${at + 1}) ${item}`).join('\n\n'),
  bullets: items => `Sure!\n${items.map(item => `- ${item}`).join('\n')}`,
  stars: items => items.map(item => `* ${item}`).join('\r\n'),
  bold: items => items.map((item, at) => `**${at + 1}.** ${item}`).join('\n'),
  boldItems: items => items.map((item, at) => `${at + 1}. **${item}**`).join('\n'),
  headings: items => items.map((item, at) => `### ${at + 1}. ${item}`).join('\n'),
  labels: items => items.map((item, at) => `Observation ${at + 1}: ${item}`).join('\n'),
  plain: items => items.join('\n\n'),
  json: items => JSON.stringify(items),
  fenced: items => `\`\`\`json\n${JSON.stringify(items, null, 2)}\n\`\`\``,
}

const words = fc
  .array(fc.constantFrom('sums', 'grow', 'with', 'n = 3', '2.5', 'x[i]', '**', 'even', '(odd)'), {
    minLength: 1,
    maxLength: 6,
  })
  .map(parts => `The ${parts.filter(part => part !== '**').join(' ')} end`)

t.test('reads a list in any style', async t => {
  for (const [style, write] of Object.entries(styles)) {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 12 }), items => {
        t.same(readList(write(items)), items, style)
      }),
      { numRuns: 30 },
    )
  }
})

t.test('keeps the lines that belong to an item, and leaves out text before the first', async t => {
  const text =
    'I see two things.\n1. It grows\n   - fast\n   - always\n\n2. **It ends**\n\nSince n is finite.\n---'
  t.same(readList(text), ['It grows - fast - always', 'It ends Since n is finite.'])
})

t.test('does not mistake an array within an item for the list', async t => {
  t.same(readList('1. Use ["a", "b"]\n2. Or not'), ['Use ["a", "b"]', 'Or not'])
  t.same(readList('[see below]'), ['[see below]'])
})

t.test('is empty for an empty text, and quick with any text', async t => {
  for (const text of ['', ' \n ', '[]', 'Observations:']) t.same(readList(text), [])
  fc.assert(fc.property(fc.string({ maxLength: 300 }), text => readList(text).every(item => item !== '')))
  t.same(readList('- '.repeat(200_000)).length, 1)
})

t.test(
  'reads the lines that begin in the first 100,000 characters, and the last of them as well',
  async t => {
    const items = Array.from({ length: 150 }, (_, at) => `${at} `.padEnd(1000, 'x'))
    t.same(readList(styles['bullets']!(items)), items.slice(0, 100))
    const long = 'x'.repeat(120_000)
    t.same(readList(`Here are the items:\n- ${long}`), [long])
    t.same(readList(`- a\n- b\n- ${long}\n- c`), ['a', 'b', long])
    t.equal(readList(`- ${'x'.repeat(300_000)}`)[0]?.length, 199_998, 'a line is cut that is longer')
  },
)
