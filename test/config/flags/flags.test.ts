import t from 'tap'
import { z } from 'zod'
import { canonicalArguments, serverFlags } from '../../../src/config/flags/flags.ts'
import { stepFlags } from '../../../src/config/flags/step-flags.ts'
import { defineApproach } from '../../../src/contract/index.ts'

const answer = async () => 'answer'
const bon = defineApproach({
  name: 'bon',
  summary: 'Best of n',
  params: z.object({
    n: z.int().min(1).default(3).describe('Candidates'),
    grade: z.boolean().default(true).describe('Whether to grade'),
    models: z.array(z.string()).default([]).describe('Models'),
    inner: z.object({ x: z.number() }).default({ x: 1 }),
  }),
  aliases: { best_of_n: 'n' },
  run: answer,
})
const plain = defineApproach({ name: 'plain', summary: 'No params', run: answer })

t.test('a flag takes its type, description and default from the schema', async t => {
  const port = serverFlags.find(flag => flag.name === 'port')
  t.match(port, {
    type: 'number',
    help: 'Port to listen on; 0: any free port',
    default: 8000,
    path: ['port'],
  })
  t.match(
    serverFlags.find(flag => flag.name === 'api-key'),
    { type: 'list', path: ['api_keys'] },
  )
  t.ok(serverFlags.every(flag => flag.help !== ''))
})

t.test('every flag has a matching environment variable', async t => {
  for (const flag of serverFlags) {
    t.ok(flag.environment.includes(`HULUMANAGE_${flag.name.toUpperCase().replaceAll('-', '_')}`), flag.name)
  }
})

t.test('each param of a step that text can express is a flag', async t => {
  const flags = stepFlags([plain, bon])
  t.strictSame(
    flags.map(({ name, aliases, type, path }) => ({ name, aliases, type, path })),
    [
      { name: 'bon-n', aliases: ['best-of-n'], type: 'number', path: ['steps', 'bon', 'n'] },
      { name: 'bon-grade', aliases: [], type: 'boolean', path: ['steps', 'bon', 'grade'] },
      { name: 'bon-models', aliases: [], type: 'list', path: ['steps', 'bon', 'models'] },
    ],
  )
  t.strictSame(flags[0]?.environment, [
    'HULUMANAGE_BON_N',
    'HULUMANAGE_BEST_OF_N',
    'OPTILLM_BON_N',
    'OPTILLM_BEST_OF_N',
  ])
})

t.test('a spelling stays with its first owner', async t => {
  const params = z.object({ level: z.string().default('') })
  const aliases = { best_of_n: 'level', port: 'level', mine: 'level', log_config: '*' }
  const late = defineApproach({ name: 'log', summary: 'Late', params, aliases, run: answer })
  const [, , , flag] = stepFlags([late, bon])
  t.match(flag, { name: 'mine', aliases: [] })
  const [alone] = stepFlags([late])
  t.match(alone, { name: 'best-of-n', aliases: ['mine'] }, 'and is free without it')
})

t.test('arguments get one spelling of each option; underscores and aliases are accepted', async t => {
  const flags = [...serverFlags, ...stepFlags([bon])]
  const argv = [
    'serve',
    '--base_url',
    'http://a_b',
    '--best_of_n=4',
    '--log-level=debug',
    '--optillm-api-key',
    'k',
    '--no-bon_grade',
  ]
  t.strictSame(canonicalArguments(argv, flags), [
    'serve',
    '--base-url',
    'http://a_b',
    '--bon-n=4',
    '--log=debug',
    '--api-key',
    'k',
    '--no-bon-grade',
  ])
  t.strictSame(canonicalArguments(['--un_known', '-p', '--', '--base_url'], flags), [
    '--un_known',
    '-p',
    '--',
    '--base_url',
  ])
})

t.test('a switch takes the value that it has at OptiLLM, and no other word', async t => {
  const flags = [...serverFlags, ...stepFlags([bon])]
  for (const argv of [['--insecure', 'True'], ['--insecure=true'], ['--insecure']])
    t.strictSame(canonicalArguments([...argv, '--port', 'True'], flags), ['--insecure', '--port', 'True'])
  t.strictSame(canonicalArguments(['--insecure', 'serve'], flags), ['--insecure', 'serve'])
  for (const argv of [['--insecure', 'False'], ['--insecure=false']])
    t.throws(() => canonicalArguments(argv, flags), {
      code: 'config_invalid',
      message: /^--insecure takes no value but True; leave it out/,
    })
  for (const argv of [
    ['--', '--insecure', 'true'],
    ['--insecure', '--', 'false'],
    ['xxinsecure', 'true'],
  ])
    t.strictSame(canonicalArguments(argv, flags), argv, 'words that follow no switch')
})

t.test('options of OptiLLM without a meaning here are refused with the reason', async t => {
  for (const option of [
    '--launch-gui',
    '--batch_mode',
    '--no-ssl-verify',
    '--ssl_verify=false',
    '--n=2',
    '--cepo_print_output=true',
  ]) {
    t.throws(() => canonicalArguments([option], serverFlags), {
      code: 'config_invalid',
      message: /^--[\w-]+ is not supported: /,
    })
  }
})
