import { homedir } from 'node:os'
import t from 'tap'
import { readArguments } from '../../src/cli/program.ts'
import { withSteps } from '../../src/cli/with-steps.ts'
import { loadConfig } from '../../src/config/load/load.ts'
import { stepFlags } from '../../src/config/flags/step-flags.ts'
import { filesIn, read, root } from '../house/sources.ts'
import { silentLog as log } from '../silent-log.ts'

/** Checks a configuration as `hulumanage check` does, with a value of its own in each variable that it names. */
async function checkFile(config: string, text: string): Promise<void> {
  const names = [...text.matchAll(/(?:\$\{|os\.environ\/|api_key_env: ["'])(\w+)/g)].map(([, name]) => name!)
  const env = Object.fromEntries(
    names.map(name => [name, /(ENDPOINT|URL)$/.test(name) ? 'https://example.test/v1' : `key-${name}`]),
  )
  const loaded = loadConfig({ cwd: root, home: homedir(), env, flags: { config } })
  await withSteps({ loaded, log }, async app => app.currentConfig.value)
}

t.test('every example is a configuration without problems', async t => {
  // Scenarios are not configurations; the tests of `simulate` run them.
  const files = filesIn(['examples'], /\.ya?ml$/).filter(file => !file.startsWith('examples/scenarios/'))
  for (const file of files) {
    await t.resolves(checkFile(`${root}${file}`, read(file)), file)
  }
})

t.test('every configuration in the pages is without problems', async t => {
  let count = 0
  for (const page of ['README.md', ...filesIn(['docs'], /\.md$/)]) {
    // Some blocks are for other programs, and name their file.
    const blocks = [...read(page).matchAll(/```yaml\n(?!# \w+\.ya?ml)([^]*?)```/g)].map(([, block]) => block!)
    for (const [index, block] of blocks.entries()) {
      const folder = t.testdir({ 'block.yaml': block })
      await t.resolves(checkFile(`${folder}/block.yaml`, block), `${page}, block ${index + 1}`)
    }
    count += blocks.length
  }
  t.ok(count > 20)
})

t.test('every command line in the pages and in the help is one', async t => {
  const loaded = loadConfig({ cwd: t.testdir({}), home: '/nowhere', env: {} })
  const flags = await withSteps({ loaded, log }, async app => stepFlags(app.steps.values()))
  const pages = ['README.md', 'CONTRIBUTING.md', ...filesIn(['docs'], /\.md$/)].map(read)
  const text = [...pages, read('src/cli/definitions.ts')].join('\n')
  const lines = [...text.matchAll(/^(?: {2}|# Then: )?(?:\w+=\S+ )?(?:npx )?hulumanage (\S[^\n#]*)$/gm)]
  t.ok(lines.length >= 8, 'there are some')
  for (const [line, words] of lines) {
    const argv = [...words!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
    t.doesNotThrow(() => readArguments(argv, flags), line.trim())
  }
})
