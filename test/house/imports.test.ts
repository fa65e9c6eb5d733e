import { builtinModules } from 'node:module'
import t from 'tap'
import { filesIn, importsOf, runtimeDependencies } from './sources.ts'

// The dashboard's modules for browsers are JavaScript.
const files = filesIn(['src', 'approaches', 'plugins'], /\.[jt]s$/)
const imports = new Map(files.map(file => [file, importsOf(file)]))

/** Types and small functions that every room may use. */
const leaves = ['contract', 'config', 'text', 'time']
/** The wing that calls providers. It knows no chain. */
const calling = ['http', 'providers', 'attempt', 'store']

/** The rooms that each room may import besides itself. Anything not listed is a step in the wrong direction. */
const allowed: Record<string, readonly string[]> = {
  contract: [],
  text: ['contract'],
  time: [],
  metrics: [],
  config: ['contract', 'text', 'time'],
  // The two wings meet here: in replies, and in the calls that lead to them.
  chat: ['contract', 'config', 'text', 'time'],
  sampling: ['contract', 'text', 'chat'],
  answers: ['text', 'sampling'],
  http: leaves,
  store: leaves,
  ledger: leaves,
  scoring: [...leaves, 'chat'],
  providers: [...leaves, 'chat', 'http'],
  attempt: [...leaves, 'chat', 'providers', 'http'],
  registry: [...leaves, 'metrics', 'providers', 'store'],
  // The chain engine and the dialects know replies, not HTTP.
  chain: [...leaves, 'chat', 'sampling'],
  dialects: [...leaves, 'chat', 'chain', 'sampling'],
  simulation: [...leaves, 'metrics', 'chat', 'http', 'providers', 'chain', 'dialects', 'ledger'],
  server: [...leaves, 'metrics', 'chat', ...calling, 'registry', 'chain', 'dialects', 'ledger'],
  cli: [...leaves, ...calling, 'scoring', 'registry', 'chain', 'ledger', 'server', 'simulation'],
  plugin: ['contract', 'text', 'chat', 'sampling', 'answers', 'time', 'providers', 'registry'],
  // As a third party's.
  approaches: ['plugin'],
  plugins: [...leaves, 'metrics', 'chat', ...calling, 'registry', 'plugin'],
}

/** `src/chain/plan/cost.ts` is part of `chain`, `src/plugin.ts` of `plugin`, `approaches/lib/search/tree.ts` of `approaches`. */
function roomOf(path: string): string {
  return path.replace(/^src\//, '').replace(/[/.].*$/, '')
}

t.test('every import points toward the model', async t => {
  const wrong = files.flatMap(file => {
    const from = roomOf(file)
    return imports
      .get(file)!
      .filter(target => imports.has(target))
      .filter(target => roomOf(target) !== from && !allowed[from]?.includes(roomOf(target)))
      .map(target => `${file} imports ${target}`)
  })
  t.same(wrong, [])
})

t.test('sibling folders do not import each other in a circle', async t => {
  const arrows = new Set<string>()
  for (const file of files) {
    for (const target of imports.get(file)!.filter(path => imports.has(path))) {
      const [from, to] = siblings(file, target)
      if (from !== undefined && to !== undefined) arrows.add(`${from} -> ${to}`)
    }
  }
  const circles = [...arrows].filter(arrow => arrows.has(arrow.split(' -> ').toReversed().join(' -> ')))
  t.same(circles, [])
})

t.test('code for one wire format does not import another', async t => {
  const formats = /^src\/(?:dialects|providers)\/(?:messages|responses|anthropic|simulated)$/
  const wrong = files.flatMap(file =>
    imports
      .get(file)!
      .filter(target => imports.has(target))
      .filter(target => siblings(file, target).every(folder => folder !== undefined && formats.test(folder)))
      .map(target => `${file} imports ${target}`),
  )
  t.same(wrong, [])
})

/** The sibling folders where the paths of two files diverge; undefined for a file in the common folder. */
function siblings(one: string, other: string): [string | undefined, string | undefined] {
  const [first, second] = [one.split('/'), other.split('/')]
  const at = first.findIndex((part, index) => part !== second[index])
  const folderOf = (parts: string[]) => (at < parts.length - 1 ? parts.slice(0, at + 1).join('/') : undefined)
  return [folderOf(first), folderOf(second)]
}

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
