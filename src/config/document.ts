import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Document, ErrorCode, Node, Pair, YAMLMap } from 'yaml'
import { Origins } from './origins.ts'
import type { Path, Problem } from './problems.ts'

/** A configuration file as plain values, before any schema. */
export interface FileTree {
  readonly tree: unknown
  readonly origins: Origins
  readonly problems: readonly Problem[]
}

/** Enough for any hand-written file; stops aliases that multiply each other before they fill the memory. */
const maxNodes = 20_000
const maxDepth = 64
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads YAML 1.2 (and so JSON) with anchors and `<<`, without tags. References to the environment stay as they are.
 * A file with syntax errors has no tree, and no other problems.
 */
export function readDocument(text: string, file: string): FileTree {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    schema: 'core',
  })
  const reader = new Reader(document, lines, file)
  const isReadable = document.errors.every(error => error.code === 'DUPLICATE_KEY')
  for (const error of [...document.errors, ...document.warnings]) {
    reader.fault(
      error.pos[0],
      [],
      messages[error.code] ?? 'this is not valid YAML',
      error.code === 'DUPLICATE_KEY' ? 'remove one of the two' : quotingHint(text, error.pos[0]),
    )
  }
  const tree = isReadable ? reader.read(document.contents, [], 0) : undefined
  return { tree: tree ?? {}, origins: reader.origins, problems: onePerLine(reader.problems) }
}

class Reader {
  readonly origins = new Origins()
  readonly problems: Problem[] = []
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #file: string
  #nodes = 0
  #isOver = false

  constructor(document: Document, lines: LineCounter, file: string) {
    this.#document = document
    this.#lines = lines
    this.#file = file
    this.origins.set([], { source: 'file', name: file })
  }

  fault(offset: number, path: Path, message: string, hint?: string): void {
    this.#place(offset, path)
    this.problems.push(this.origins.problem(path, message, hint))
  }

  read(node: unknown, path: Path, depth: number): unknown {
    if (this.#isOver) return undefined
    if (depth > maxDepth || ++this.#nodes > maxNodes) {
      this.#isOver = true
      this.problems.push(
        this.origins.problem(path, 'this is nested too deeply, or its aliases expand too far'),
      )
      return undefined
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document)
      if (target) return this.read(target, path, depth + 1)
      this.fault(
        startOf(node),
        path,
        'no anchor precedes this alias',
        'put text that starts with * in quotes',
      )
      return undefined
    }
    if (isMap(node)) return this.#map(node, path, depth)
    if (isSeq(node)) return node.items.map((item, index) => this.#item(item, [...path, index], depth))
    return isScalar(node) ? node.value : undefined
  }

  #map(map: YAMLMap, path: Path, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const pair of map.items) if (isMerge(pair)) this.#merge(pair.value, path, depth, result)
    for (const pair of map.items) {
      if (isMerge(pair)) continue
      const offset = startOf(pair.key)
      if (!isScalar(pair.key)) {
        this.fault(offset, path, 'a key must be text, not a list or mapping')
        continue
      }
      // oxlint-disable-next-line typescript/no-base-to-string -- a scalar has a text
      const name = String(pair.key.value)
      if (forbiddenKeys.has(name)) {
        this.fault(offset, [...path, name], 'this key is not allowed')
        continue
      }
      this.#place(offset, [...path, name])
      result[name] = this.read(pair.value, [...path, name], depth + 1) ?? null
    }
    return result
  }

  /** `<<: *defaults` or a list of aliases, of which the first wins. The mapping's own keys win over all of them. */
  #merge(value: unknown, path: Path, depth: number, into: Record<string, unknown>): void {
    const sources = isSeq(value) ? value.items.toReversed() : [value]
    for (const source of sources) {
      const merged = this.read(source, path, depth + 1)
      if (typeof merged === 'object' && !Array.isArray(merged)) Object.assign(into, merged)
      else this.fault(startOf(source), path, '<< takes an alias for a mapping')
    }
  }

  #item(node: unknown, path: Path, depth: number): unknown {
    this.#place(startOf(node), path)
    return this.read(node, path, depth + 1) ?? null
  }

  #place(offset: number, path: Path): void {
    const { line, col } = this.#lines.linePos(offset)
    this.origins.set(path, { source: 'file', name: this.#file, line, column: col })
  }
}

function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN'
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

/** One YAML error causes others; the first on a line is the real one. */
function onePerLine(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(problem => {
    const key = `${problem.line} ${problem.path}`
    return seen.has(key) ? false : seen.add(key)
  })
}

/** A closing brace ends unquoted text inside braces, and `: ` starts a mapping anywhere. */
function quotingHint(text: string, offset: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? ''
  return line.includes('${') ? 'put a value with ${...} in quotes' : undefined
}

/** In our own words, because the library's messages quote the text, which may be a key. */
const messages: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'the name of this alias or anchor is invalid',
  BAD_DQ_ESCAPE: 'this is not an escape sequence; in double quotes, write a backslash as \\\\',
  BAD_INDENT: 'the indentation does not match the lines above',
  BAD_SCALAR_START: 'text that starts with this character must be in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot start here; put text that contains ": " in quotes',
  DUPLICATE_KEY: 'this key is a duplicate',
  MISSING_CHAR: 'a quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key lacks its ": ", or spans several lines',
  MULTIPLE_DOCS: 'the file contains several documents; remove the "---" between them',
  TAB_AS_INDENT: 'this line is indented with a tab; use spaces',
  TAG_RESOLVE_FAILED: 'tags such as !name are not supported',
  UNEXPECTED_TOKEN: 'this does not belong here',
}
