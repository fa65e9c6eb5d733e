import { homedir } from 'node:os'
import { basename, dirname } from 'node:path'
import t from 'tap'
import { filesIn, read, root } from './sources.ts'

const ours = filesIn(
  ['bin', 'build', 'src', 'approaches', 'plugins', 'bench', 'examples', 'docs', 'test'],
  /\.(js|ts)$/,
)
const shipped = ours.filter(path => /^(bin|src|approaches|plugins)\//.test(path))
const texts = filesIn(['docs', 'examples', '.github'], /\.(md|ya?ml)$/)

t.test('no file is longer than 250 lines', async t => {
  const long = shipped
    .map(path => ({ path, lines: read(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250)
  t.same(long, [])
})

t.test('no folder holds more than 15 files side by side', async t => {
  const counts = Map.groupBy([...ours.filter(path => !path.startsWith('test/')), ...texts], path =>
    dirname(path),
  )
  const full = [...counts]
    .filter(([folder, paths]) => paths.length > 15 && folder !== 'docs/decisions')
    .map(([folder, paths]) => `${folder}: ${paths.length}`)
  t.same(full, [])
})

t.test('each test file runs in one batch', async t => {
  const batches = ours.filter(path => path.startsWith('test/batches/')).map(read)
  const folders = batches.flatMap(text =>
    [...text.matchAll(/(?<=runFolders\(.*)'([\w/-]+)'/g)].map(match => match[1]),
  )
  const tests = ours
    .filter(path => path.endsWith('.test.ts'))
    .map(path => /^test\/(cli\/(?:commands|workers)|server\/dashboard|[^/]+)/.exec(path)![1])
  t.same(new Set(folders), new Set(tests))
  t.equal(folders.length, new Set(folders).size)
})

t.test('no test file adds a hook to the root, which the files of its batch share', async t => {
  const tests = ours.filter(path => path.endsWith('.test.ts'))
  t.same(
    tests.filter(path =>
      /^(void )?t\.(before|after|teardown|beforeEach|afterEach|plan|end)\b/m.test(read(path)),
    ),
    [],
  )
})

t.test('file names are kebab-case and describe the contents', async t => {
  const named = ours.map(path => basename(path))
  t.same(
    named.filter(
      name =>
        !/^_?[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?\.[jt]s$/.test(name) &&
        !/^[a-z0-9_]+(\.test)?\.ts$/.test(name),
    ),
    [],
    'kebab-case, or the name of a step',
  )
  t.same(
    shipped.filter(path => /(^|\/)(utils?|helpers?|common|misc|manager)(\/|\.ts$)/.test(path)),
    [],
    'no grab bags',
  )
})

t.test('the compiler and the linter are never silenced', async t => {
  const silencing = /@ts-(ignore|nocheck|expect-error)|(ox|es)lint-disable(?!-next-line)/
  t.same(
    shipped.filter(path => silencing.test(read(path))),
    [],
  )
})

t.test('nothing names the machine it was written on', async t => {
  const places = [root, homedir()].filter(place => place.length > 5)
  const naming = [...ours, ...texts, 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', '.ci/run'].filter(
    path => {
      const text = read(path)
      return places.some(place => text.includes(place)) || /\/(home|Users)\/[a-z]+\//.test(text)
    },
  )
  t.same(naming, [])
})

t.test('only steps, plugins and tests export defaults', async t => {
  const allowed = /^(approaches|plugins)\//
  t.same(
    shipped.filter(path => !allowed.test(path) && /^export default /m.test(read(path))),
    [],
  )
})
