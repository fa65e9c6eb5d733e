import { basename, resolve } from 'node:path'
import { parseDotenv } from '../../config/dotenv.ts'
import { formatFlag } from '../../config/flags/flags.ts'
import { convertEnvironment } from '../../config/formats/environment.ts'
import { extendTotal, longestRepeatable, unknownLimits } from '../../config/formats/total.ts'
import type { Origins } from '../../config/origins.ts'
import { isMapping, partsOf } from '../../config/tree.ts'
import { settingOf } from '../../config/flags/overrides.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { ConfigError, grouped, renderNote, renderPath } from '../../config/problems.ts'
import type { Note, Path } from '../../config/problems.ts'
import { readText } from '../../config/load/read-text.ts'
import { readSource } from '../../config/load/source.ts'
import type { Source } from '../../config/load/source.ts'
import { HulumanageError } from '../../contract/index.ts'
import { annotatedYaml } from '../output/annotated-yaml.ts'

/**
 * Converts a foreign configuration file, or a `.env` file with keys and endpoints, to our format. Variables stay
 * references, and need not be set. Settings that could not be carried over become comments where they would belong.
 */
export function convertConfig(file: string, flags: FlagValues, asJson: boolean): string {
  const source = read(file, flags)
  if (source.problems.length > 0) throw new ConfigError(source.problems)
  const { tree, format } = source
  const notes = [...source.notes, ...(isMapping(tree) ? chooseTotal(tree, source.origins) : [])]
  if (asJson) return `${JSON.stringify({ format, config: tree, notes }, undefined, 2)}\n`
  const places = placesOf({ ...source, notes })
  const above = (path: Path): readonly string[] => places.get(renderPath(path)) ?? []
  const head = [`Converted from ${file} (${format})`, ...(places.get('') ?? [])]
  return `${head.map(line => `# ${line}\n`).join('')}${annotatedYaml(isMapping(tree) ? tree : {}, { above })}`
}

/** Chooses the time for a request; returns notes on limits that do not count in it, since their values are not known here. */
function chooseTotal(tree: Record<string, unknown>, origins: Origins): Note[] {
  const paths = unknownLimits(tree)
  extendTotal(tree)
  const message = `leaves time for a second call up to ${longestRepeatable(tree)} seconds; if it is more, set timeouts.total to twice as much`
  return paths.map(path => ({ ...origins.problem(path, message), effect: 'otherwise' as const }))
}

function read(file: string, flags: FlagValues): Source {
  if (/^\.env|\.env$/.test(basename(file))) {
    const converted = convertEnvironment(parseDotenv(readText(file, { shown: file })), false)
    if (converted) return { ...converted, format: 'environment' }
  } else {
    const found = { file: resolve(file), searched: [], namedBy: undefined }
    const format = settingOf(formatFlag, flags, process.env)
    const options = { cwd: process.cwd(), environment: process.env, format, hasUpstream: false }
    const source = readSource(found, options)
    if (source.format !== undefined) return source
  }
  throw new HulumanageError(
    'config_invalid',
    `${file} is not in a foreign format that its keys identify; name one with --config-format, or use the file as it is`,
  )
}

/**
 * Notes by the path they are shown above: the provider or section built from the setting they concern, else the top.
 */
function placesOf({ tree, origins, notes }: Source): Map<string, string[]> {
  const targets = pathsOf(tree).flatMap(path => {
    const located = origins.locate(path)
    return located
      ? [{ place: renderPath(path), from: `${located.origin.name} ${renderPath(located.path)}` }]
      : []
  })
  const places = new Map<string, string[]>()
  for (const note of grouped(notes)) {
    const about = `${note.file} ${note.path}`
    const [closest] = targets
      .filter(({ from }) => about === from || about.startsWith(`${from}.`) || about.startsWith(`${from}[`))
      .toSorted((left, right) => right.from.length - left.from.length)
    const place = closest?.place ?? ''
    places.set(place, [...(places.get(place) ?? []), renderNote(note)])
  }
  return places
}

/** Every path in a tree, each before the paths inside it. */
function pathsOf(tree: unknown, path: Path = []): Path[] {
  return [path, ...partsOf(tree).flatMap(([key, part]) => pathsOf(part, [...path, key]))]
}
