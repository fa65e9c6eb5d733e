import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { filesIn, read, root } from './sources.ts'

const sources = filesIn(
  ['bin', 'build', 'src', 'approaches', 'plugins', 'bench', 'docs', 'examples', 'test'],
  /\.(js|ts)$/,
)
const pages = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...filesIn(['docs', 'bench'], /\.md$/)]

/** Wordings that a native reader decodes rather than reads. CONTRIBUTING.md has the rule behind them. */
const decoded: Readonly<Record<string, RegExp>> = {
  'is none': /(?<!\bthere )\b(?:is|are|was|were) none\b/i,
  'if there is none': /\bif there (?:is|are) none\b/i,
  anew: /\banew\b/i,
  'so many': /\bso (?:many|much) (?:is|are|as may)\b/i,
  'the way to stop': /\bthe way to stop\b/i,
  'goes on': /\b(?:goes|go|went) on\b/i,
  'stands for': /\bstands? (?:for|in place)\b/i,
  'tells of code': /\bis told (?:by|with|at)\b/i,
  'is no': /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|such\b|need\b)/i,
  'pass over': /\bpass(?:es|ed|ing) over\b/i,
  mend: /\bmend(?:s|ed)?\b/i,
  'put right': /\b(?:puts?|made|makes?) right\b/i,
  'go along': /\b(?:goes|go|went) along\b/i,
  'as it came': /\bas (?:it|they) came\b/i,
  'stands in': /\bstands? (?:in|behind|before|between|under|aside)\b/i,
  'ise for ize':
    /\b(?:author|capital|critic|formal|general|initial|maxim|minim|normal|optim|organ|recogn|serial|summar|synthes|util)is(?:e[drs]?|ing|ations?)\b/i,
  'where for if': /\b(?:undefined|none|null|empty|true|false|absent) where\b/i,
}

/** Openings that leave the noun of a doc comment unsaid. */
const headless: Readonly<Record<string, RegExp>> = {
  'who for a thing': /^(?:Who|Whoever|Those who)\b/,
  'headless What': /^What\b/,
}

/** Openings of titles that leave the subject of the rule unsaid. */
const subjectless: Readonly<Record<string, RegExp>> = {
  'who for a client': /^who(?:ever)?\b/i,
}

/** Literals may contain what looks like a comment: strings, templates (with nested ones) and regular expressions. */
const literal = [
  /'(?:\\.|[^'\\\n])*'/,
  /"(?:\\.|[^"\\\n])*"/,
  /`(?:\\[\s\S]|[^`\\$]|\$(?!\{)|\$\{(?:[^{}`]|\{(?:[^{}]|\{[^{}]*\})*\}|`(?:\\[\s\S]|[^`\\])*`)*\})*`/,
  /(?<=(?:^|[(,=:?[!&|{;>]|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//,
]
const comment = /(?<block>\/\*[\s\S]*?\*\/)|(?<lines>\/\/.*(?:\n[ \t]*\/\/.*)*)/
const token = new RegExp([...literal, comment].map(({ source }) => source).join('|'), 'gm')

/** Extracts the comments of a source, without their marks; adjacent line comments are one. */
function commentsIn(source: string): string[] {
  return [...source.matchAll(token)].flatMap(({ groups: { block, lines } = {} }) => {
    if (block) return [words(block.slice(2, -2).replace(/^\s*\*+/gm, ' '))]
    return lines ? [words(lines.replace(/^[ \t]*\/\/+/gm, ' '))] : []
  })
}

/** Extracts the titles of the tests in a source. */
function titlesIn(source: string): string[] {
  const title =
    /\.test\(\s*(?:'(?<single>(?:\\.|[^'\\])*)'|"(?<double>(?:\\.|[^"\\])*)"|`(?<template>(?:\\.|[^`\\])*)`)/g
  return [...source.matchAll(title)].map(
    ({ groups: { single, double, template } = {} }) => single ?? double ?? template!,
  )
}

/** Extracts the texts of a source that are sentences, such as prompts. */
function sentencesIn(source: string): string[] {
  return [...source.matchAll(token)]
    .filter(({ groups: { block, lines } = {} }) => !block && !lines)
    .map(([text]) => words(text.replaceAll('\\\n', '').slice(1, -1)))
    .filter(text => /^[A-Z][^$]* [^$]* /.test(text))
}

/** Extracts the paragraphs and table cells of a page, without code. */
function paragraphsIn(page: string): string[] {
  return page
    .replace(/```[\s\S]*?```/g, '')
    .replace(/`[^`]*`/g, '')
    .split(/\n\s*\n|\||\n- /)
    .map(words)
}

function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Lists the patterns that each text matches. */
function refused(
  path: string,
  texts: readonly string[],
  patterns: Readonly<Record<string, RegExp>>,
): string[] {
  return texts.flatMap(text =>
    Object.entries(patterns)
      .filter(([, pattern]) => pattern.test(text))
      .map(([name]) => `${path}: ${name}: ${text.slice(0, 100)}`),
  )
}

/** Reads the subjects of commits since the rule; of a shallow clone, those that it has. Undefined without a repository. */
function commitSubjects(): string[] | undefined {
  if (!existsSync(join(root, '.git'))) return undefined
  const log = (range: string) =>
    spawnSync('git', ['log', '--no-merges', '--format=%s', range], { cwd: root, encoding: 'utf8' })
  const since = log('11fa88b..HEAD')
  const { status, stdout } = since.status === 0 ? since : log('HEAD')
  return status === 0 ? stdout.split('\n') : undefined
}

t.test('only comments are read, not strings, prompts or regular expressions', async t => {
  const source = [
    '/** A',
    ' * b. */',
    "const a = 'it\\'s // no' // c",
    'const d = `',
    '// no ${e(`/* no */`, { f: { g } })}',
    '`',
    'const h = [/`/, /[/"]/.test(g)]',
    '// i',
    '// j',
    '  /* k */',
  ].join('\n')
  t.same(commentsIn(source), ['A b.', 'c', 'i j', 'k'])
})

t.test('comments are plain English', async t => {
  const patterns = { ...decoded, ...headless }
  t.same(
    sources.flatMap(path => refused(path, commentsIn(read(path)), patterns)),
    [],
  )
})

t.test('prompts are plain English', async t => {
  t.same(
    filesIn(['approaches'], /\.ts$/).flatMap(path => refused(path, sentencesIn(read(path)), decoded)),
    [],
  )
})

t.test('titles of tests are plain English', async t => {
  const patterns = { ...decoded, ...subjectless }
  t.same(
    sources.flatMap(path => refused(path, titlesIn(read(path)), patterns)),
    [],
  )
})

t.test('pages are plain English', async t => {
  t.same(
    pages.flatMap(path => refused(path, paragraphsIn(read(path)), decoded)),
    [],
  )
})

t.test('subjects of commits have at most 72 characters', async t => {
  const subjects = commitSubjects()
  if (!subjects) return t.pass('no repository', { skip: 'no repository' })
  t.same(
    subjects.filter(subject => subject.length > 72),
    [],
  )
})
