import { Command, Help } from 'commander'
import { canonicalArguments, serverFlags } from '../config/flags/flags.ts'
import type { Flag } from '../config/flags/flags.ts'
import type { FlagValues } from '../config/flags/overrides.ts'
import { nearest } from '../text/did-you-mean.ts'
import { version } from '../server/version.ts'
import { aboutStepFlags, commandNames, definitions, examples } from './definitions.ts'
import type { CommandName } from './definitions.ts'
import { addFlags, givenValues } from './options.ts'
import { helpLayout } from './output/help-layout.ts'

/** A parsed command line. */
export interface Invocation {
  readonly command: CommandName
  readonly arguments: readonly string[]
  /** The flags given, by commander's names. */
  readonly values: FlagValues
}

/**
 * Reads the command line. Without `stepFlags` (plugins are not loaded yet), words that may belong to a step are ignored,
 * and so is --help. Throws commander's error on wrong usage and after --version, with its text printed already.
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

/**
 * Prints the help that a command line asks for, and throws commander's error, for which the exit code is 0. Flags of steps
 * are not in it: they are many, and `hulumanage steps NAME` lists those of one.
 */
export function showHelp(argv: readonly string[]): void {
  readArguments(argv, [])
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
  program.configureHelp(helpLayout)
  for (const name of commandNames) {
    const command = defineCommand(program, name)
    // Only a help shows the options of commands that are not called.
    if (stepFlags) addOptions(command, stepFlags)
    command.action(() => {
      if (stepFlags && name === 'serve') refuseExcess(command.args, program)
      found({ command: name, arguments: command.args, values: givenValues(command) })
    })
  }
  if (!stepFlags) program.hook('preSubcommand', (_, command) => addOptions(command, undefined))
  const [serve] = program.commands
  const help = new Help()
  program.configureHelp({
    ...helpLayout,
    // Most people look for the flags of the default command.
    visibleOptions: command => [
      ...help.visibleOptions(command),
      ...(command === program ? serve!.options : []),
    ],
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
  // Flags without a command are those of `serve`, which the help of the program lists.
  if (name === 'serve') command.allowExcessArguments()
  else command.showHelpAfterError(`(see hulumanage ${name} --help)`)
  if (definition.takesStepFlags) command.addHelpText('after', aboutStepFlags)
  for (const argument of definition.arguments ?? []) command.addArgument(argument)
  return command
}

function addOptions(command: Command, stepFlags: readonly Flag[] | undefined): void {
  const { json, options = {}, takesStepFlags } = definitions[command.name() as CommandName]
  // In the order of the help: its own options first.
  if (json !== undefined) command.option('--json', json)
  for (const [option, help] of Object.entries(options)) command.option(option, help)
  addFlags(command, serverFlags)
  if (!takesStepFlags) return
  if (stepFlags) addFlags(command, stepFlags)
  else command.allowUnknownOption().allowExcessArguments()
}

function canonical(argv: readonly string[], flags: readonly Flag[], program: Command): readonly string[] {
  try {
    return canonicalArguments(argv, flags)
  } catch (error) {
    return program.error(`error: ${(error as Error).message}`)
  }
}

/** `serve` takes no words. A flag before the name of another command makes it the one that is called, and the name a word. */
function refuseExcess([word]: readonly string[], program: Command): void {
  if (word === undefined) return
  const isCommand = commandNames.some(name => name === word)
  program.error(
    isCommand
      ? `error: the command comes first, then its options: hulumanage ${word} ...`
      : `error: too many arguments for 'serve', which takes none: ${word}`,
  )
}

function refuse(word: string, program: Command): never {
  // In the words of commander, which answers unknown options.
  const near = nearest(word, commandNames)
  program.error(`error: unknown command '${word}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`)
}
