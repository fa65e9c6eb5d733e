import t from 'tap'
import * as fc from 'fast-check'
import { readProgram } from '../../../approaches/z3/program.ts'

const program = '(declare-const x Int)\n(assert (> x 2))\n(check-sat)'

t.test('reads the program in any wrapping', async t => {
  const mark = fc.constantFrom('smt2', 'smtlib', 'smt-lib', 'lisp', 'z3', '', ' smt2 ')
  const fence = fc.constantFrom('```', '````', '~~~')
  const prose = fc.constantFrom('', 'Here it is (as asked):\n', 'A sketch: `(assert p)`.\n\n')
  const after = fc.constantFrom('', '\n', '\nIt asks for (check-sat).', '\n```\nno program\n```')
  const eol = fc.constantFrom('\n', '\r\n')
  fc.assert(
    fc.property(mark, fence, prose, after, eol, (language, ticks, before, behind, end) => {
      const text = `${before}${ticks}${language}\n${program}\n${ticks}${behind}`
      t.equal(readProgram(text.replaceAll('\n', end)), program)
    }),
  )
})

t.test('reads a program without a block, and one whose block is not closed', async t => {
  t.equal(readProgram(program), program)
  t.equal(readProgram(`; the puzzle\n${program}\n`), `; the puzzle\n${program}`)
  t.equal(readProgram(`\`\`\`smt2\n${program}`), program)
  t.equal(readProgram('  ```\n  (check-sat)\n  ```'), '(check-sat)')
})

t.test('takes the last block that queries the solver', async t => {
  const draft = '```smt2\n(assert p)\n(check-sat)\n```'
  const text = `${draft}\nBetter:\n\`\`\`smt2\n${program}\n\`\`\`\nIt prints:\n\`\`\`\n((x 3))\n\`\`\``
  t.equal(readProgram(text), program)
  t.equal(readProgram('```\n(simplify (+ 1 2))\n```'), '(simplify (+ 1 2))')
})

t.test('finds nothing if there is no program', async t => {
  for (const text of [
    'NONE',
    '',
    'None.',
    '```\nNONE\n```',
    '(No solver can help here.)',
    'x = 3 (check-sat)',
    '```python\nfrom z3 import *\nx = Int("x")\nsolve(x > 2)\n```',
  ]) {
    t.equal(readProgram(text), undefined, text)
  }
})
