import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readDocument } from '../../../src/config/document.ts'
import { checkTree } from '../../../src/config/load/check-tree.ts'
import { convertFile, formats, recognizeFormat } from '../../../src/config/formats/convert.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { load, problemsOf } from './load.ts'

const folder = join(import.meta.dirname, '../../../examples/formats')
/** The sources of the formats, for the keys they ask for. */
const sources = ['unified', 'llmproxy', 'litellm/litellm', 'litellm/deployment', 'redis', 'failures', 'cache']
const names = sources
  .map(name => readFileSync(join(import.meta.dirname, `../../../src/config/formats/${name}.ts`), 'utf8'))
  .join('\n')
const unified = 'app_name: x\nport: 1\n'
const llmproxy = 'model_groups: []\ngeneral_settings: {bind_port: 2}\n'

t.test('a format is recognized by its keys', async t => {
  const formatOf = (text: string) => recognizeFormat(readDocument(text, 'x.yaml').tree)?.name
  for (const name of ['unified', 'llmproxy', 'litellm']) {
    t.equal(formatOf(readFileSync(join(folder, `${name}.yaml`), 'utf8')), name)
  }
  t.equal(formatOf('providers: [{name: a, api_key_env: B}]'), 'unified')
  t.equal(formatOf('circuit_breaker_timeout: 5'), 'unified')
  for (const text of [
    '',
    '[]',
    'text',
    'providers: [{name: a, api_key: b}]',
    'providers: {api_key_env: x}',
  ]) {
    t.equal(formatOf(text), undefined, text)
  }
})

t.test('foreign files are found after ours, and only if their format is known', async t => {
  const portWith = (files: Record<string, string>) => load(t, files).config.port
  t.equal(portWith({ 'config.yaml': unified }), 1)
  t.equal(portWith({ 'llmproxy.yaml': llmproxy }), 2)
  t.equal(portWith({ 'config.yaml': unified, 'llmproxy.yaml': llmproxy }), 1)
  t.equal(portWith({ 'config.yaml': unified, 'hulumanage.yml': 'port: 3' }), 3)
  t.equal(portWith({ 'config.yaml': 'site: of another program\n' }), 8000)
  t.match(problemsOf(t, { 'config.yaml': 'app_name: "x\n' }), [/^config\.yaml:\d+:\d+: /])
})

t.test('--config-format wins over the keys', async t => {
  const files = { 'hulumanage.yaml': 'host: 0.0.0.0\nworkers: 4\ninsecure: true\n' }
  t.equal(load(t, files, { flags: { configFormat: 'unified' } }).format, 'unified')
  t.match(
    problemsOf(t, { 'hulumanage.yaml': unified }, { env: { HULUMANAGE_CONFIG_FORMAT: 'hulumanage' } }),
    ['hulumanage.yaml:1:1 app_name: unknown key'],
  )
  t.strictSame(problemsOf(t, files, { flags: { configFormat: 'litelm' } }), [
    '--config-format: unknown format (did you mean "litellm"?)',
  ])
})

t.test('flags and environment win over a converted file, which wins over defaults', async t => {
  const { config, sources } = load(t, { 'config.yaml': unified }, { env: { HULUMANAGE_APPROACH: 'bon' } })
  t.match(config, { approach: 'bon', port: 1 })
  t.match(sources, { approach: 'environment', port: 'file', host: 'default' })
})

t.test('conversion does not resolve references and leaves the file unchanged', async t => {
  const file = readDocument(readFileSync(join(folder, 'llmproxy.yaml'), 'utf8'), 'x.yaml')
  const before = structuredClone(file.tree)
  const { tree } = convertFile(file, recognizeFormat(file.tree)!)
  t.match(tree, { providers: [{ api_key: '${OPENAI_API_KEY}' }] })
  t.same(file.tree, before)
})

t.test('two dollar signs stay two, and our own references still work', async t => {
  const text = 'app_name: x\napi_keys: ["a$$b", "${KEY}"]\n'
  t.same(load(t, { 'config.yaml': text }, { env: { KEY: 'k' } }).config.api_keys, ['a$$b', 'k'])
})

t.test('everything in a file is converted or reported', async t => {
  const texts = ['', 'a', 'constructor', '__proto__', 'os.environ/A', '${A}', 'azure/x', 'claude', '*', 'a/*']
  const leaf = fc.oneof(fc.constantFrom(...texts), fc.integer(), fc.boolean(), fc.constant(null))
  const keys = [...names.matchAll(/'(\w+)'/g)].map(([, name]) => name!)
  const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 6, noNullPrototype: true }),
    ),
  }))
  const top = fc.dictionary(fc.constantFrom(...keys), tree, { maxKeys: 6, noNullPrototype: true })
  fc.assert(
    fc.property(top, fc.constantFrom(...formats), (values, format) => {
      const { origins } = readDocument('', 'x.yaml')
      const converted = convertFile({ tree: values, origins, problems: [] }, format)
      t.equal(typeof converted.tree, 'object')
      checkTree(configSchema, converted.tree, converted.origins)
    }),
    { numRuns: 300 },
  )
})
