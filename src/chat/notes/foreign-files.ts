import type { ContentPart } from '../../contract/index.ts'
import type { GivenFile } from './files.ts'

const files = new WeakMap<object, GivenFile>()

/**
 * Keeps the file that a part of a tool's result names in words: chat services take no files there, others do. It belongs to
 * this very part.
 */
export function noteFile(told: ContentPart, file: GivenFile): void {
  files.set(told, file)
}

/** The file that a part names in words. */
export function notedFile(told: ContentPart): GivenFile | undefined {
  return files.get(told)
}
