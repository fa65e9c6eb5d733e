import { Argument } from 'commander'
import { keyOptions } from './keys/options.ts'
import { askOptions, ledgerOptions, remoteOptions } from './remote/remote-flags.ts'

/** The name of a command. */
export type CommandName =
  'serve' | 'check' | 'simulate' | 'config' | 'steps' | 'ask' | 'usage' | 'trace' | 'keys' | 'providers'

/** The command line of a command, as its help shows it. */
interface Definition {
  readonly summary: string
  readonly usage: string
  readonly arguments?: readonly Argument[]
  /** The help of `--json`, for a command that has it. */
  readonly json?: string
  /** Options of its own, with their help. */
  readonly options?: Readonly<Record<string, string>>
  /** Whether it accepts the flags of steps. */
  readonly takesStepFlags: boolean
}

/** All commands, in the order of the help. */
export const definitions: Record<CommandName, Definition> = {
  serve: { summary: 'Start the server (default)', usage: '[flags]', takesStepFlags: true },
  check: {
    summary: 'Validate a configuration and summarize it',
    usage: '[file] [flags]',
    arguments: [new Argument('[file]', 'Configuration file (default: the one that `serve` would use)')],
    json: 'Print the result of the check as JSON',
    takesStepFlags: true,
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
    summary: 'List the loaded steps with their costs, or the params of one',
    usage: '[name] [flags]',
    arguments: [new Argument('[name]', 'Name of a step, to show its params')],
    json: 'Print the list as JSON',
    takesStepFlags: false,
  },
  ask: {
    summary: 'Answer one prompt, without a server or by one that runs',
    usage: '<prompt...> [flags]',
    arguments: [
      new Argument('<prompt...>', 'Prompt to answer, as one word or several; - reads it from standard input'),
    ],
    json: 'Print the whole completion as JSON',
    options: {
      '--trace': 'Print the calls behind the answer; with --json, as its field hulumanage_trace',
      ...askOptions,
    },
    takesStepFlags: true,
  },
  usage: {
    summary: 'Sum up the requests, tokens and cost in the ledger',
    usage: '[flags]',
    json: 'Print the sums as JSON',
    options: {
      '--by <groups>':
        'Some of day, hour, client, chain, provider and model, separated by commas (default: day)',
      '--since <time>': 'Start, such as 2026-01-31, 2026-01-31T12:00:00Z, yesterday or today; UTC',
      '--until <time>': 'End, which is excluded',
      '--csv': 'Print the sums as CSV',
      ...ledgerOptions,
    },
    takesStepFlags: false,
  },
  trace: {
    summary: 'Show a request of the ledger with the calls it led to',
    usage: '<id> [flags]',
    arguments: [new Argument('<id>', 'x-request-id of the answer, as in the log')],
    json: 'Print the request as JSON',
    options: {
      '--texts': 'Print the prompts and answers, too, if the ledger keeps them (ledger.bodies)',
      ...ledgerOptions,
    },
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

/** The names of all commands. */
export const commandNames = Object.keys(definitions) as readonly CommandName[]

/** The end of the help of a command that accepts the flags of steps. */
export const aboutStepFlags = `
Params of steps are flags, too: \`hulumanage steps bon\` lists those of bon.
`

/** The end of the help of the program. */
export const examples = `
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

Params of steps are flags of \`serve\`, \`check\` and \`ask\`, such as --bon-n:
\`hulumanage steps bon\` lists those of bon.

Every flag can also be set in the environment: --base-url as
HULUMANAGE_BASE_URL. Flags take precedence over the environment, and the
environment over the configuration file.
`
