import { Option } from 'commander'
import type { Command } from 'commander'
import type { Flag } from '../config/flags/flags.ts'

/** Adds flags to a command. Values stay text: the configuration converts them. */
export function addFlags(command: Command, flags: readonly Flag[]): void {
  for (const flag of flags) command.addOption(optionOf(flag).helpGroup('Flags:'))
}

/** The values given on the command line, by commander's names, without defaults: those are up to the configuration. */
export function givenValues(command: Command): Record<string, unknown> {
  const values = Object.entries(command.opts())
  return Object.fromEntries(values.filter(([name]) => command.getOptionValueSource(name) === 'cli'))
}

function optionOf(flag: Flag): Option {
  const help = [flag.help, defaultOf(flag)].filter(Boolean).join(' ')
  if (flag.type === 'boolean') return new Option(`--${flag.default === true ? 'no-' : ''}${flag.name}`, help)
  if (flag.type === 'number') return new Option(`--${flag.name} <number>`, help)
  if (flag.type === 'text') return new Option(`--${flag.name} <text>`, help)
  return new Option(
    `--${flag.name} <text>`,
    `${help} (for several, repeat the flag or separate with commas)`,
  ).argParser((value: string, previous?: string) => (previous === undefined ? value : `${previous},${value}`))
}

function defaultOf(flag: Flag): string | undefined {
  const { default: value } = flag
  if (
    value === undefined ||
    value === '' ||
    typeof value === 'boolean' ||
    (Array.isArray(value) && value.length === 0)
  )
    return undefined
  return `(default: ${typeof value === 'string' ? value : JSON.stringify(value)})`
}
