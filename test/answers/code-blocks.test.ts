import t from 'tap'
import * as fc from 'fast-check'
import { codeBlocks } from '../../src/answers/code-blocks.ts'

t.test('reads each block, whatever surrounds it', async t => {
  const line = fc.constantFrom('let x = 1', '  y()', '', '# `z`', 'a ``` b')
  const code = fc.array(line, { minLength: 1 }).map(lines => lines.join('\n'))
  const fence = fc.constantFrom('```', '````', '~~~', '  ```')
  const mark = fc.constantFrom('', 'js', ' python ', 'c++ title="a"')
  const prose = fc.constantFrom('', 'Some words.', 'Inline `code` and ``` too.')
  fc.assert(
    fc.property(fc.array(fc.tuple(prose, fence, mark, code), { maxLength: 4 }), parts => {
      const text = parts.map(([before, ticks, language, inside]) =>
        [before, `${ticks}${language}`, inside, ticks].join('\n'),
      )
      const expected = parts.map(([, , , inside]) => inside.replace(/^\n+/, '').trimEnd())
      t.same(codeBlocks(text.join('\n')), expected)
      t.same(codeBlocks(text.join('\n').replaceAll('\n', '\r\n')), expected)
    }),
  )
})

t.test(
  'a block within a longer fence is part of its text, and an unclosed block extends to the end',
  async t => {
    t.same(codeBlocks('````md\n```js\nx\n```\n````'), ['```js\nx\n```'])
    t.same(codeBlocks('```js\nx\n```\nand\n```\ny'), ['x', 'y'])
    t.same(codeBlocks('no code, but ``` here'), [])
  },
)

t.test('handles a text of nothing but fences quickly', async t => {
  t.ok(codeBlocks('```\n'.repeat(20_001)).length > 0)
})

t.test('line separators in any number take no longer than other characters', async t => {
  // Each of them begins a line and is a blank: read from each to the end, this text takes hours.
  for (const separator of ['\u2028', '\u2029', '\r', ' \u2028']) {
    const separators = separator.repeat(1_000_000)
    for (const fence of ['```', '~~~']) {
      t.same(codeBlocks(`text${separators}text\n${fence}\nx\n${fence}`), ['x'])
      t.equal(codeBlocks(`${fence}\nx${separators}x`)[0]?.length, separators.length + 2)
    }
  }
})
