import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { knownKinds } from '../../src/cli/known-kinds.ts'
import { checkProviders } from '../../src/config/load/check-providers.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import { load } from '../config/formats/load.ts'

const root = join(import.meta.dirname, '../..')
const files = readdirSync(join(root, 'docs'), { encoding: 'utf8', recursive: true })
const pages = ['README.md', ...files.filter(file => file.endsWith('.md')).map(file => `docs/${file}`)]

const kinds = knownKinds(builtInKinds)

/** A block of a page in a language, with the page and the number of its first line. */
function blocksOf(language: string): { place: string; text: string }[] {
  return pages.flatMap(page => {
    const text = readFileSync(join(root, page), 'utf8')
    const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))
    return Array.from(blocks, block => ({
      place: `${page}:${text.slice(0, block.index).split('\n').length}`,
      text: block[1]!,
    }))
  })
}

/** A value for each variable that a configuration names: an address for those that are one. */
function environmentFor(yaml: string): Record<string, string> {
  const names = Array.from(yaml.matchAll(/\$\{(\w+)/g), ([, name]) => name!)
  return Object.fromEntries(
    names.map(name => [name, name.endsWith('_URL') ? 'http://a.test/v1' : `value-of-${name}`]),
  )
}

// Those of other programs begin with the name of their file.
const configurations = blocksOf('yaml').filter(({ text }) => !/^# [\w.-]+\.ya?ml\b/.test(text))

for (const { place, text } of configurations) {
  t.test(`the configuration in ${place} is valid`, async t => {
    const { draft } = load(t, { 'hulumanage.yaml': text }, { env: environmentFor(text) })
    t.strictSame(checkProviders(draft.tree['providers'], draft.origins, kinds, true), [])
  })
}

t.test('pages have configurations and JSON', async t => {
  t.ok(configurations.length > 20)
  const examples = blocksOf('json')
  t.ok(examples.length > 5)
  for (const { place, text } of examples) t.doesNotThrow(() => JSON.parse(text) as unknown, place)
})
