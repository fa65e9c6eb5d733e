import t from 'tap'
import { readDocument } from '../../src/config/document.ts'
import { renderProblem } from '../../src/config/problems.ts'
import { resolveReferences } from '../../src/config/load/references.ts'

const read = (text: string, environment = {}) =>
  resolveReferences(readDocument(text, 'file.yaml'), environment)
const problemsOf = (text: string) => read(text).problems.map(renderProblem)

t.test('an empty file is an empty configuration', async t => {
  for (const text of ['', '\n', '# nothing\n', '---\n']) t.strictSame(read(text), { ...read(''), tree: {} })
})

t.test('JSON is read as well', async t => {
  t.strictSame(read('{"queue": {\n\t"timeout": 5}}').tree, { queue: { timeout: 5 } })
})

t.test('a position is the start of the key or of the list item', async t => {
  const { origins } = read('providers:\n  - name: a\n    weight: 2\n')
  t.match(origins.at(['providers', 0]), { line: 2, column: 5 })
  t.match(origins.at(['providers', 0, 'weight']), { line: 3, column: 5 })
  t.match(origins.at(['providers', 0, 'missing']), { line: 2, column: 5 })
})

t.test('anchors and merge keys work, and the mapping itself wins', async t => {
  const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\nd: *a\n'
  t.strictSame(read(text).tree, {
    a: { x: 1, y: 1 },
    b: { y: 2, z: 2 },
    c: { y: 1, z: 2, x: 3 },
    d: { x: 1, y: 1 },
  })
  t.strictSame(problemsOf('a: 1\nb:\n  <<: 5\n'), ['file.yaml:3:7 b: << takes an alias for a mapping'])
})

t.test('references are replaced in values, not in keys, and never add structure', async t => {
  const { tree, problems } = read('${A}: "${A}"\nlist: [x, "${A}"]\n', { A: 'b: c\nproviders: []' })
  t.strictSame(tree, { '${A}': 'b: c\nproviders: []', list: ['x', 'b: c\nproviders: []'] })
  t.strictSame(problems, [])
})

t.test('every unset variable is reported with its position', async t => {
  t.strictSame(problemsOf('a: ${ONE}\nb:\n  - ${TWO}\n'), [
    'file.yaml:1:1 a: the environment variable ONE is not set; set it, or write ${ONE:-default}',
    'file.yaml:3:5 b[0]: the environment variable TWO is not set; set it, or write ${TWO:-default}',
  ])
})

t.test('a syntax error has a position and a reason', async t => {
  t.strictSame(problemsOf('a: 1\nb: {x: ${X}}\n'), [
    'file.yaml:2:9: this does not belong here (put a value with ${...} in quotes)',
  ])
  t.strictSame(problemsOf('a: "open\n'), ['file.yaml:2:1: a quote, bracket, comma or colon is missing'])
  t.strictSame(problemsOf('a: 1\n---\nb: 2\n'), [
    'file.yaml:2:1: the file contains several documents; remove the "---" between them',
  ])
})

t.test('a duplicate key is a problem', async t => {
  t.strictSame(problemsOf('a: 1\nb: 2\na: ${KEY:-x}\n'), [
    'file.yaml:3:1: this key is a duplicate (remove one of the two)',
  ])
})

t.test('tags are refused', async t => {
  for (const tag of ['!!binary', '!!js/function', '!env', '!!set']) {
    t.match(problemsOf(`a: ${tag} x\n`), ['file.yaml:1:4: tags such as !name are not supported'], tag)
  }
})

t.test('keys that would reach a prototype are refused', async t => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    t.strictSame(problemsOf(`a:\n  ${key}: {x: 1}\n`), [`file.yaml:2:3 a.${key}: this key is not allowed`])
  }
  t.equal(Reflect.get({}, 'x'), undefined)
})

t.test('aliases that multiply or contain themselves are stopped early', async t => {
  const levels = 'bcdefghij'.split('')
  const bomb = levels.map((name, index) => {
    const inner = index === 0 ? 'a' : levels[index - 1]
    return `${name}: &${name} [${`*${inner},`.repeat(9)}]`
  })
  t.match(problemsOf(`a: &a x\n${bomb.join('\n')}\n`), [/expand too far/])
  t.match(problemsOf('a: &a [*a]\n'), [/nested too deeply/])
  t.match(problemsOf(`a: ${'['.repeat(500)}${']'.repeat(500)}\n`), [/nested too deeply/])
})

t.test('an alias without an anchor is a problem', async t => {
  t.match(problemsOf('a: *nowhere\n'), ['file.yaml:1:4 a: no anchor precedes this alias'])
})
