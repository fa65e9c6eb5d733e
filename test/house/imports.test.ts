import { builtinModules } from 'node:module'
import t from 'tap'
import { filesIn, importsOf, runtimeDependencies } from './sources.ts'

const files = filesIn(['src', 'approaches', 'plugins'], /\.ts$/)
const imports = new Map(files.map(file => [file, importsOf(file)]))

const leaves = ['contract', 'config', 'text']
const model = ['upstream', 'providers', 'store', 'http']

/** What each part may import besides itself. Anything not listed is a step in the wrong direction. */
const allowed: Record<string, readonly string[]> = {
  contract: [],
  text: ['contract'],
  config: ['contract', 'text'],
  http: leaves,
  store: leaves,
  providers: [...leaves, 'http'],
  upstream: [...leaves, 'providers', 'store', 'http'],
  registry: [...leaves, ...model],
  chain: [...leaves, ...model, 'registry'],
  dialects: [...leaves, 'upstream', 'chain'],
  server: [...leaves, ...model, 'registry', 'chain', 'dialects'],
  cli: [...leaves, ...model, 'registry', 'chain', 'dialects', 'server'],
  lib: ['contract', 'text', 'upstream'],
  plugin: [...leaves, ...model, 'registry', 'lib'],
  approaches: ['contract', 'text', 'plugin', 'lib'],
  plugins: [...leaves, ...model, 'registry', 'plugin'],
}

/** `src/chain/plan.ts` is part of `chain`, `src/plugin.ts` is `plugin`, `approaches/lib/vote.ts` is `lib`. */
function partOf(path: string): string {
  return path
    .replace(/^approaches\/(?=lib\/)/, '')
    .replace(/^src\//, '')
    .replace(/[/.].*$/, '')
}

t.test('every import points towards the model', async t => {
  const wrong = files.flatMap(file => {
    const from = partOf(file)
    return imports
      .get(file)!
      .filter(target => imports.has(target))
      .filter(target => partOf(target) !== from && !allowed[from]?.includes(partOf(target)))
      .map(target => `${file} imports ${target}`)
  })
  t.same(wrong, [])
})

t.test('every imported file exists', async t => {
  const missing = files.flatMap(file =>
    imports
      .get(file)!
      .filter(target => /^(src|approaches|plugins)\//.test(target) && !imports.has(target))
      .map(target => `${file} imports ${target}`),
  )
  t.same(missing, [])
})

t.test('no file reaches itself through its imports', async t => {
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (file: string, way: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...way.slice(way.indexOf(file)), file].join(' -> '))
      return
    }
    state.set(file, 'open')
    for (const target of imports.get(file) ?? []) visit(target, [...way, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(file, [])
  t.same(cycles, [])
})

t.test('every imported package is a declared dependency, and every dependency is imported', async t => {
  const declared = runtimeDependencies()
  const used = new Set(
    [...imports.values()]
      .flat()
      .filter(
        target => !imports.has(target) && !target.startsWith('node:') && !target.startsWith('hulumanage/'),
      )
      .map(specifier => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')),
  )
  const builtin = [...used].filter(name => builtinModules.includes(name))
  t.same(builtin, [], 'Node modules are imported with node:')
  t.same([...used].filter(name => !declared.includes(name)).toSorted(), [], 'undeclared')
  t.same(
    declared.filter(name => !used.has(name)),
    [],
    'unused',
  )
})
