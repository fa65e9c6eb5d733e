import type { FileTree } from '../document.ts'
import type { Problem } from '../problems.ts'
import { Conversion } from './conversion.ts'
import { ForeignMapping, isMapping } from './foreign-mapping.ts'
import type { Format } from './format.ts'
import { litellmFormat } from './litellm/litellm.ts'
import { llmproxyFormat } from './llmproxy.ts'
import { asOurReferences } from './reference.ts'
import { unifiedFormat } from './unified.ts'

/** A foreign configuration in our words. References to the environment are still in it. */
export interface Converted extends FileTree {
  /** What could not be carried over. */
  readonly notes: readonly Problem[]
}

/** The foreign formats of files, by the order in which they are recognized. */
export const formats: readonly Format[] = [llmproxyFormat, litellmFormat, unifiedFormat]

/** What `--config-format` takes for our own. */
export const ownFormat = 'hulumanage'

/** The foreign format of a file by its keys; undefined where it is ours, or nothing that is known. */
export function recognizeFormat(tree: unknown): Format | undefined {
  const keys = keysOf(tree)
  return formats.find(format => format.isOf(keys))
}

/** Whether a text, broken as it may be, has a key by which a foreign format is told. */
export function mayBeForeign(text: string): boolean {
  const names = [...text.matchAll(/(\w+)["']?[ \t]*:/g)].map(([, name = '']) => name)
  const keys = new Set(names.flatMap(name => [name, `providers[].${name}`]))
  return formats.some(format => format.isOf(keys))
}

/** Says a foreign file in our words, with the problems it had as a file. */
export function convertFile(file: FileTree, format: Format): Converted {
  const ours = new Conversion(file.origins)
  const tree = asOurReferences(file.tree)
  const theirs = new ForeignMapping(isMapping(tree) ? tree : {}, [], ours)
  format.convert(theirs, ours)
  theirs.noteUnasked()
  return {
    tree: ours.tree,
    origins: ours.origins,
    problems: [...file.problems, ...ours.problems],
    notes: ours.notes,
  }
}

/** The keys at the top, and those of list items one level down as `providers[].name`. */
function keysOf(tree: unknown): ReadonlySet<string> {
  if (!isMapping(tree)) return new Set()
  const inner = Object.entries(tree).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.filter(isMapping).flatMap(item => Object.keys(item).map(name => `${key}[].${name}`))
      : [],
  )
  return new Set([...Object.keys(tree), ...inner])
}
