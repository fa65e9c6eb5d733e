import { Argument, Command, Help } from 'commander'
import { canonicalArguments, serverFlags } from '../config/flags/flags.ts'
import type { Flag } from '../config/flags/flags.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import { nearest } from '../text/did-you-mean.ts'
import { version } from '../server/version.ts'
import { keyOptions } from './keys/options.ts'
import { remoteOptions } from './remote/remote-flags.ts'
import { addFlags, givenValues } from './options.ts'

/** The name of a command. */
export type CommandName =
  'serve' | 'check' | 'simulate' | 'config' | 'steps' | 'ask' | 'usage' | 'trace' | 'keys' | 'providers'

/** A parsed command line. */
export interface Invocation {
  readonly command: CommandName
  readonly arguments: readonly string[]
  /** The flags given, by commander's names. */
  readonly values: FlagValues
}

interface Definition {
  readonly summary: string
  readonly usage: string
  readonly arguments?: readonly Argument[]
  readonly json?: string
  /** Options of its own, with their help. */
  readonly options?: Readonly<Record<string, string>>
  /** Whether it accepts the flags of steps. */
  readonly takesStepFlags: boolean
}

const definitions: Record<CommandName, Definition> = {
  serve: { summary: 'Start the server (default)', usage: '[flags]', takesStepFlags: true },
  check: {
    summary: 'Validate a configuration and summarize it',
    usage: '[file] [flags]',
    arguments: [new Argument('[file]', 'Configuration file (default: the one that `serve` would use)')],
    json: 'Print the result of the check as JSON',
    takesStepFlags: false,
  },
  simulate: {
    summary: 'Try a configuration under load, with described providers and a virtual clock',
    usage: '[scenario] [flags]',
    arguments: [new Argument('[scenario]', 'File with the load and the behaviour of the providers')],
    json: 'Print the report as JSON',
    options: {
      '--rps <number>': 'Requests per second (default: those of the scenario, or 10)',
      '--minutes <number>': 'Minutes in which requests come (default: those of the scenario, or 10)',
      '--seed <number>': 'Seed: the same one gives the same report (default: that of the scenario, or 1)',
      '--from-ledger':
        'Describe providers and requests by what the ledger has recorded; the scenario takes precedence',
    },
    takesStepFlags: false,
  },
  config: {
    summary: "Print the effective configuration, or convert another program's file",
    usage: '<print|convert> [file] [flags]',
    arguments: [
      new Argument(
        '<action>',
        "print: the configuration the server would run with; convert: another program's file in our format",
      ).choices(['print', 'convert']),
      new Argument('[file]', 'Configuration file; convert also accepts a .env file'),
    ],
    json: 'Print the result as JSON',
    takesStepFlags: false,
  },
  steps: {
    summary: 'List the loaded steps with their params and costs',
    usage: '[name] [flags]',
    arguments: [new Argument('[name]', 'Name of the only step to show')],
    json: 'Print the list as JSON',
    takesStepFlags: false,
  },
  ask: {
    summary: 'Answer one prompt without a server',
    usage: '<prompt> [flags]',
    arguments: [new Argument('<prompt>', 'Prompt to answer; - reads it from standard input')],
    json: 'Print the whole completion as JSON',
    options: { '--trace': 'Print the calls behind the answer; with --json, as its field hulumanage_trace' },
    takesStepFlags: true,
  },
  usage: {
    summary: 'Sum up the requests, tokens and cost in the ledger',
    usage: '[flags]',
    json: 'Print the sums as JSON',
    options: {
      '--by <groups>':
        'Some of day, hour, client, chain, provider and model, separated by commas (default: day)',
      '--since <time>': 'Start, such as 2026-01-31 or 2026-01-31T12:00:00Z',
      '--until <time>': 'End, which is excluded',
      '--csv': 'Print the sums as CSV',
    },
    takesStepFlags: false,
  },
  trace: {
    summary: 'Show a request of the ledger with the calls it led to',
    usage: '<id> [flags]',
    arguments: [new Argument('<id>', 'x-request-id of the answer, as in the log')],
    json: 'Print the request as JSON',
    options: { '--texts': 'Print the prompts and answers, too, if the ledger keeps them (ledger.bodies)' },
    takesStepFlags: false,
  },
  keys: {
    summary: 'Create, list, rotate and revoke the keys of named clients',
    usage: '<create|list|rotate|revoke> [name] [flags]',
    arguments: [
      new Argument(
        '<action>',
        'create: adds a client and prints its key; list: shows all; rotate: replaces a key; revoke: removes a client',
      ).choices(['create', 'list', 'rotate', 'revoke']),
      new Argument('[name]', 'Name of the client, as it appears in logs and metrics'),
    ],
    json: 'Print the result as JSON',
    options: keyOptions,
    takesStepFlags: false,
  },
  providers: {
    summary: 'Show the providers of a running server, drain and resume them',
    usage: '[list|drain|resume] [name] [flags]',
    arguments: [
      new Argument(
        '[action]',
        'list: shows all; drain: the provider gets no more calls; resume: it gets calls again',
      )
        .choices(['list', 'drain', 'resume'])
        .default('list'),
      new Argument('[name]', 'Name of the provider'),
    ],
    json: 'Print the result as JSON',
    options: remoteOptions,
    takesStepFlags: false,
  },
}

/** The heading of the flags of steps in the help of a command. */
const stepFlagsHeading = 'Flags of steps:'

/** The names of all commands. */
export const commandNames = Object.keys(definitions) as readonly CommandName[]

const examples = `
Examples:
  hulumanage --approach proxy --config hulumanage.yaml --port 8000
  hulumanage check hulumanage.yaml
  hulumanage simulate scenario.yaml --rps 50 --minutes 10
  hulumanage config convert llmproxy.yaml
  hulumanage steps bon
  hulumanage ask "Why is the sky blue?" --approach bon --model gpt-4o-mini
  hulumanage usage --by day,model --since 2026-01-01
  hulumanage keys create ann --budget usd=20,per=month
  OPENAI_API_KEY=sk-... hulumanage --approach bon --bon-n 5

Params of steps are flags of \`serve\` and \`ask\`, such as --bon-n: \`hulumanage steps\` lists them.

Every flag can also be set in the environment: --base-url as HULUMANAGE_BASE_URL. Flags take precedence over the
environment, and the environment over the configuration file.
`

/**
 * Reads the command line. Without `stepFlags` (plugins are not loaded yet), words that may belong to a step are ignored,
 * and so is --help. Throws commander's error on wrong usage and after --help and --version, with its text printed already.
 */
export function readArguments(argv: readonly string[], stepFlags?: readonly Flag[]): Invocation {
  let invocation: Invocation | undefined
  const program = buildProgram(stepFlags, found => (invocation = found))
  const words = canonical(argv, [...serverFlags, ...(stepFlags ?? [])], program)
  const [first = '', second = ''] = words
  const command = first === 'help' ? second : first
  if (/^\w/.test(command) && !['help', ...commandNames].includes(command)) refuse(command, program)
  program.parse(words, { from: 'user' })
  return invocation!
}

function buildProgram(
  stepFlags: readonly Flag[] | undefined,
  found: (invocation: Invocation) => void,
): Command {
  const program = new Command('hulumanage')
    .description('An OpenAI-compatible server: chains of approaches over a balancing, failing-over proxy')
    .version(
      `hulumanage ${version} (node ${process.version})`,
      '-V, --version',
      'Print the versions of this program and Node',
    )
    .exitOverride()
    .showHelpAfterError('(see hulumanage --help)')
    .addHelpText('after', examples)
  if (stepFlags)
    program
      .helpOption('-h, --help', 'Print this help')
      .helpCommand('help [command]', 'Show the help of a command')
  else program.helpOption(false).helpCommand(false)
  for (const name of commandNames) {
    const command = defineCommand(program, name)
    // Only a help shows the options of commands that are not called.
    if (stepFlags) addOptions(command, stepFlags)
    command.action(() => found({ command: name, arguments: command.args, values: givenValues(command) }))
  }
  if (!stepFlags) program.hook('preSubcommand', (_, command) => addOptions(command, undefined))
  const [serve] = program.commands
  const help = new Help()
  // Most people look for the flags of the default command; those of steps are many, and have a list of their own.
  const ofServer = serve!.options.filter(option => option.helpGroupHeading !== stepFlagsHeading)
  program.configureHelp({
    visibleOptions: command => [...help.visibleOptions(command), ...(command === program ? ofServer : [])],
    subcommandTerm: command => command.name(),
  })
  return program
}

function defineCommand(program: Command, name: CommandName): Command {
  const definition = definitions[name]
  const command = program
    .command(name, { isDefault: name === 'serve' })
    .summary(definition.summary)
    .description(definition.summary)
    .usage(definition.usage)
  for (const argument of definition.arguments ?? []) command.addArgument(argument)
  return command
}

function addOptions(command: Command, stepFlags: readonly Flag[] | undefined): void {
  const { json, options = {}, takesStepFlags } = definitions[command.name() as CommandName]
  addFlags(command, serverFlags, 'Flags:')
  if (json !== undefined) command.option('--json', json)
  for (const [option, help] of Object.entries(options)) command.option(option, help)
  if (!takesStepFlags) return
  if (stepFlags) addFlags(command, stepFlags, stepFlagsHeading)
  else command.allowUnknownOption().allowExcessArguments()
}

function canonical(argv: readonly string[], flags: readonly Flag[], program: Command): readonly string[] {
  try {
    return canonicalArguments(argv, flags)
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`)
  }
}

function refuse(word: string, program: Command): never {
  // In the words of commander, which answers unknown options.
  const near = nearest(word, commandNames)
  program.error(`error: unknown command '${word}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`)
}
