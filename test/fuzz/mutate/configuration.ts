import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Random } from '../random.ts'
import { mutateTree } from './tree.ts'
import { jsonText } from './values.ts'

const folder = join(import.meta.dirname, '../../../examples')
const examples = readdirSync(folder)
  .filter(name => name.endsWith('.yaml'))
  .map(name => readFileSync(join(folder, name), 'utf8').replaceAll(/\$\{[^}]*\}/g, 'some-value'))

/** The text of a configuration with some changes: of what it means, or of its letters. */
export function mutatedConfiguration(random: Random): string {
  const text = random.pick(examples)
  if (random.chance(0.3)) return mutatedText(random, text)
  let tree: unknown = parse(text)
  for (let changes = random.integer(1, 3); changes > 0; changes -= 1) tree = mutateTree(random, tree)
  return jsonText(tree)
}

const pieces = [
  '&a ',
  '*a',
  '<<: *a',
  '? ',
  '- ',
  ': ',
  '\t',
  '#',
  '|',
  '>',
  '{',
  '[',
  '"',
  '!!binary ',
  '%',
  '\u0000',
  '\ufeff',
  '---\n',
]

function mutatedText(random: Random, text: string): string {
  const at = random.integer(0, text.length)
  const end = random.chance(0.5) ? at : random.integer(at, Math.min(text.length, at + 40))
  return text.slice(0, at) + random.pick(pieces) + text.slice(end)
}
