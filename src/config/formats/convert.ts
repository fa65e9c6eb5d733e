import type { FileTree } from '../document.ts'
import type { Note } from '../problems.ts'
import { Conversion } from './conversion.ts'
import { isMapping } from '../tree.ts'
import { ForeignMapping } from './foreign-mapping.ts'
import type { Format } from './format.ts'
import { litellmFormat } from './litellm/litellm.ts'
import { llmproxyFormat } from './llmproxy.ts'
import { toOurReferences } from './reference.ts'
import { unifiedFormat } from './unified.ts'

/** A foreign configuration converted to our format, with its references to the environment unresolved. */
export interface Converted extends FileTree {
  /** Settings that could not be carried over. */
  readonly notes: readonly Note[]
}

/** The foreign file formats, in the order in which they are recognized. */
export const formats: readonly Format[] = [llmproxyFormat, litellmFormat, unifiedFormat]

/** The name of our own format in `--config-format`. */
export const ownFormat = 'hulumanage'

/** Recognizes the foreign format of a file by its keys; undefined if it is ours or unknown. */
export function recognizeFormat(tree: unknown): Format | undefined {
  const keys = keysOf(tree)
  return formats.find(format => format.matches(keys))
}

/** Whether a text, even if it is not valid YAML, has a key by which a foreign format is recognized. */
export function mayBeForeign(text: string): boolean {
  const names = [...text.matchAll(/(\w+)["']?[ \t]*:/g)].map(([, name = '']) => name)
  const keys = new Set(names.flatMap(name => [name, `providers[].${name}`]))
  return formats.some(format => format.matches(keys))
}

/** Converts a foreign file to our format; the problems of the file itself are included. */
export function convertFile(file: FileTree, format: Format): Converted {
  const ours = new Conversion(file.origins)
  const tree = toOurReferences(file.tree)
  const theirs = new ForeignMapping(isMapping(tree) ? tree : {}, [], ours)
  format.convert(theirs, ours)
  theirs.noteUnread()
  return {
    tree: ours.tree,
    origins: ours.origins,
    problems: [...file.problems, ...ours.problems],
    notes: ours.notes,
  }
}

/** The top-level keys, and those of list items one level down, as `providers[].name`. */
function keysOf(tree: unknown): ReadonlySet<string> {
  if (!isMapping(tree)) return new Set()
  const inner = Object.entries(tree).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.filter(isMapping).flatMap(item => Object.keys(item).map(name => `${key}[].${name}`))
      : [],
  )
  return new Set([...Object.keys(tree), ...inner])
}
