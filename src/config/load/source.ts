import { relative } from 'node:path'
import { didYouMean } from '../../text/did-you-mean.ts'
import { readDocument } from '../document.ts'
import type { FileTree } from '../document.ts'
import type { Found } from './find.ts'
import { convertEnvironment } from '../formats/environment.ts'
import { convertFile, formats, ownFormat, recognizeFormat } from '../formats/convert.ts'
import type { Converted } from '../formats/convert.ts'
import type { Format } from '../formats/format.ts'
import type { Environment } from '../interpolate.ts'
import { Origins } from '../origins.ts'
import type { Setting } from '../flags/overrides.ts'
import { ConfigError, problemWith } from '../problems.ts'
import { readText } from './read-text.ts'

/** A configuration in our own format, before references are resolved and flags are applied. */
export interface Source extends Converted {
  /** The foreign format it was written in; undefined for ours. */
  readonly format: string | undefined
}

/** Where and how to read a configuration. */
export interface SourceOptions {
  readonly cwd: string
  readonly environment: Environment
  /** The format given by flag or environment, if any. */
  readonly format: Setting | undefined
  /** Whether flags or environment already name an upstream. */
  readonly hasUpstream: boolean
}

/** Reads the configuration file or, without one, the providers in the environment. Throws if it cannot be read. */
export function readSource(found: Found, options: SourceOptions): Source {
  if (found.file !== undefined) return readFile(found.file, found.namedBy, options)
  const converted = convertEnvironment(options.environment, options.hasUpstream)
  if (converted) return { ...converted, format: 'environment' }
  return { tree: {}, origins: new Origins(), problems: [], notes: [], format: undefined }
}

function readFile(file: string, namedBy: string | undefined, options: SourceOptions): Source {
  const inside = relative(options.cwd, file)
  const shown = inside.startsWith('..') ? file : inside
  const text = readText(file, { shown, hint: namedBy && `named by ${namedBy}` })
  const raw = readDocument(text, shown)
  // The tree of a broken file is empty; reporting missing keys would only add noise.
  if (raw.problems.length > 0 && isEmpty(raw.tree)) throw new ConfigError(raw.problems)
  const format = formatOf(raw, options.format)
  if (!format) return { ...raw, notes: [], format: undefined }
  return { ...convertFile(raw, format), format: format.name }
}

/** The format given explicitly, else the one recognized by its keys; undefined for ours. */
function formatOf(raw: FileTree, named: Setting | undefined): Format | undefined {
  if (!named) return recognizeFormat(raw.tree)
  if (named.value === ownFormat) return undefined
  const format = formats.find(({ name }) => name === named.value)
  if (format) return format
  const names = [ownFormat, ...formats.map(({ name }) => name)]
  const hint = didYouMean(named.value as string, names) ?? `the formats are ${names.join(', ')}`
  throw new ConfigError([problemWith(named.origin.name, 'unknown format', hint)])
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
