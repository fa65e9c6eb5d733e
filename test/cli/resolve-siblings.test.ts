import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { bin, run } from './spawn.ts'

/** Starts as the launcher of a built package does, then prints what a file and a package of its own say. */
const start = `import { resolveSiblings } from './bin/resolve-siblings.js'
const entry = new URL('./src/main.js', import.meta.url).href
resolveSiblings(entry)
await import(entry)
`

/** The shape of `pg`: a module that wraps CommonJS files. */
const wrapped = {
  'package.json': '{ "exports": { "import": "./esm/index.mjs" } }',
  esm: { 'index.mjs': "import lib from '../lib/index.js'\nexport const word = lib.word\n" },
  lib: { 'index.js': "module.exports = { word: 'wrapped' }\n" },
}

t.test('packages in the node_modules of an installation are resolved by Node alone', async t => {
  const cwd = t.testdir({
    'start.mjs': start,
    'package.json': '{ "type": "module" }',
    bin: {},
    src: {
      'main.js':
        "import { word as own } from './own.js'\nimport { word } from 'wrapped'\nprocess.stdout.write(`${own} ${word}`)\n",
      'own.js': "export const word = 'own'\n",
    },
    node_modules: { wrapped },
  })
  cpSync(join(dirname(bin), 'resolve-siblings.js'), join(cwd, 'bin', 'resolve-siblings.js'))
  const { code, stdout, stderr } = await run(t, [], { cwd, program: join(cwd, 'start.mjs') })
  t.same([code, stdout], [0, 'own wrapped'], stderr)
})
