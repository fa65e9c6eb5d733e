import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '../..')
const files = readdirSync(join(root, 'docs'), { encoding: 'utf8', recursive: true })
const pages = ['README.md', ...files.filter(file => file.endsWith('.md')).map(file => `docs/${file}`)]

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

t.test('every JSON in the pages is valid', async t => {
  const examples = blocksOf('json')
  t.ok(examples.length > 5)
  for (const { place, text } of examples) t.doesNotThrow(() => JSON.parse(text) as unknown, place)
})
