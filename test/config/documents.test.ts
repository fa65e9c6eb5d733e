import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse, parseDocument } from 'yaml'
import { loadConfig } from '../../src/config/load/load.ts'

/** The configurations of the proxy documents, as users copy them. */
const text = readFileSync(join(import.meta.dirname, '../fixtures/proxy-documents.md'), 'utf8')
const examples = text.split(/^## /m).slice(1)
const kinds = new Map([['openai', { hasBaseUrl: false }]])

/** A value for each variable that a text names without a default. */
function environmentFor(yaml: string): Record<string, string> {
  const names = [...yaml.matchAll(/\$\{(\w+)\}/g)].map(match => match[1]!)
  return Object.fromEntries(
    names.map(name => [name, name.includes('ENDPOINT') ? 'https://host/v1' : 'sk-key']),
  )
}

/** Adds the address that a partial example leaves to the reader to its providers. */
function complete(yaml: string): string {
  const document = parseDocument(yaml)
  const { providers = [] } = parse(yaml) as { providers?: { base_url?: string }[] }
  for (const [index, provider] of providers.entries()) {
    if (provider.base_url === undefined) document.setIn(['providers', index, 'base_url'], 'https://host/v1')
  }
  return document.toString()
}

for (const [index, example] of examples.entries()) {
  const [title = ''] = example.split('\n')
  const yaml = /```yaml\n(.*?)```/s.exec(example)?.[1] ?? ''
  t.test(`example ${index + 1}, ${title}, loads`, async t => {
    const cwd = t.testdir({ 'hulumanage.yaml': title === 'For Cost Optimization' ? complete(yaml) : yaml })
    const { config } = loadConfig({ cwd, home: join(cwd, 'home'), env: environmentFor(yaml), kinds })
    const written = parse(yaml) as object
    t.strictSame(
      Object.keys(written).filter(key => !(key in config)),
      [],
    )
    t.notMatch(JSON.stringify(config), '${')
    t.match(config.providers.length, (parse(yaml) as { providers?: unknown[] }).providers?.length ?? 0)
  })
}

t.test('every example of the documents is tested', async t => {
  t.equal(examples.length, 18)
})
