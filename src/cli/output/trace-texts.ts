import type { ShownCall, ShownTexts } from '../../server/ledger/shown-request.ts'
import type { ShownRequest } from '../ledger/ledger-reader.ts'
import { unprintable } from '../../text/clip.ts'
import type { TextPart } from '../../text/text-part.ts'

/** The prompts and answers of a request for people: those of the client, then those of each call. */
export function renderTexts({ texts, tree }: ShownRequest): string {
  const sections = [...(texts ? [sectionOf('texts of the client', texts)] : []), ...tree.flatMap(sectionsOf)]
  return `\n${sections.length === 0 ? 'No texts of this request are kept.\n' : sections.join('\n')}`
}

function sectionsOf(call: ShownCall): string[] {
  const below = [...(call.attempts ?? []), ...(call.calls ?? [])]
  return [...(call.texts ? [sectionOf(String(call.path), call.texts)] : []), ...below.flatMap(sectionsOf)]
}

function sectionOf(title: string, { prompt, answer }: ShownTexts): string {
  return `--- ${title}\n${[...prompt, ...answer].map(lineOf).join('')}`
}

/** A part with its role; further lines are indented. */
function lineOf({ role, text, choice, left_out: leftOut }: TextPart): string {
  const ofChoice = choice === undefined ? '' : ` (choice ${choice})`
  const gap = leftOut === undefined ? '' : `\n  [${leftOut} characters are left out]`
  return `${role}${ofChoice}: ${text.split('\n').map(printable).join('\n  ')}${gap}\n`
}

/** A line without codes that could move the terminal. */
function printable(line: string): string {
  return line.replaceAll('\t', '  ').replaceAll(unprintable, '?')
}
