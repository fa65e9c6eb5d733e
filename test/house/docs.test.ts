import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { errorsPage } from '../../docs/generate/errors.ts'
import { errorTable } from '../../src/contract/error-table.ts'
import { filesIn, read, root, runtimeDependencies } from './sources.ts'

interface Manifest {
  readonly scripts: Record<string, string>
  readonly devDependencies: Record<string, string>
}

const manifest: Manifest = JSON.parse(read('package.json'))
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...filesIn(['docs'], /\.md$/)]

/** The lines of all shell blocks of a page. */
function commandsOf(page: string): string[] {
  return [...read(page).matchAll(/```(?:bash|sh|console)\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!.split('\n'),
  )
}

/** The anchors of the headings of a page, in the form that GitHub gives them. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

t.test('the table of errors matches the code', async t => {
  t.equal(read('docs/errors.md'), errorsPage(), 'run `npm run docs`')
})

t.test('every error says in one sentence what to do, and names only options that exist', async t => {
  const sections = read('docs/configuration.md').split(/^### /m)
  const isOption = (option: string) => {
    const [section, key] = option.split('.')
    return sections.some(text => text.startsWith(`\`${section}\``) && text.includes(`\n| \`${key}\` `))
  }
  for (const [code, { when, fix }] of Object.entries(errorTable)) {
    t.match(fix, /^[A-Z][^.]*(?:\.\w[^.]*)*\.$/, code)
    const options = [...`${when} ${fix}`.matchAll(/`([a-z]+\.[a-z_]+)`/g)].map(([, option]) => option!)
    t.same(
      options.filter(option => !isOption(option)),
      [],
      code,
    )
  }
})

t.test('every dependency has a line that says why it is here', async t => {
  const page = read('docs/dependencies.md')
  const names = [...runtimeDependencies(), ...Object.keys(manifest.devDependencies)]
  t.same(
    names.filter(name => !new RegExp(`^\\| \`${name}\` +\\|`, 'm').test(page)),
    [],
  )
})

t.test('every npm script that a page names exists', async t => {
  const unknown = pages.flatMap(page =>
    [...read(page).matchAll(/npm (?:run ([a-z:]+)|(start|test)\b)/g)]
      .map(([, script, short]) => script ?? short!)
      .filter(script => !(script in manifest.scripts))
      .map(script => `${page}: npm run ${script}`),
  )
  t.same(unknown, [])
})

t.test('every link and every example file that a page names exists', async t => {
  const missing = pages.flatMap(page => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path]) =>
      join(dirname(page), path!),
    )
    const examples = [...read(page).matchAll(/\bexamples\/[\w./-]+\.\w+/g)].map(([path]) => path)
    return [...links, ...examples]
      .filter(path => !existsSync(join(root, path)))
      .map(path => `${page}: ${path}`)
  })
  t.same(missing, [])
})

t.test('every heading that a link names exists', async t => {
  const missing = pages.flatMap(page =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
      .map(([, path, anchor]) => [path === '' ? page : join(dirname(page), path!), anchor!] as const)
      .filter(([path, anchor]) => !anchorsOf(path).includes(anchor))
      .map(([path, anchor]) => `${page}: ${path}#${anchor}`),
  )
  t.same(missing, [])
})

t.test('every hulumanage command of a page exists', async t => {
  const { commandNames } = await import('../../src/cli/definitions.ts')
  const unknown = pages.flatMap(page =>
    commandsOf(page)
      .map(line => /^\$? ?(?:npx )?hulumanage ([a-z]+)/.exec(line)?.[1])
      .filter(name => name !== undefined && !(commandNames as readonly string[]).includes(name))
      .map(name => `${page}: hulumanage ${name}`),
  )
  t.same(unknown, [])
})
