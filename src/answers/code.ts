const fence = '```'
const indentation = String.raw`^[^\S\n]{0,8}`
const name = String.raw`\s{1,4}([\w$]{1,80})`
const modifiers = [
  'export|default|public|private|protected|static|async',
  'final|abstract|inline|const|unsafe|pub',
].join('|')
const kinds = [
  String.raw`def|class|function\*?|func|fn|struct|interface`,
  'trait|impl|enum|module|namespace|fun|sub',
].join('|')
/** Lines that define something that others may call or run. */
const definition = new RegExp(
  String.raw`${indentation}(?:(?:${modifiers})\s{1,4}){0,4}(?:${kinds})${name}`,
  'gm',
)
const aFunction = String.raw`(?:async\s{1,4})?(?:function\b|\([^()\n]{0,200}\)\s{0,4}=>|\w{1,40}\s{0,4}=>)`
/** Functions that are the value of a variable, in JavaScript. */
const assigned = new RegExp(
  String.raw`${indentation}(?:export\s{1,4})?(?:const|let|var)${name}\s{0,4}=\s{0,4}${aFunction}`,
  'gm',
)
/** `int main() {` in C and its relatives. */
const typed =
  /^(?:[A-Za-z_][\w:<>*&,]{0,60}\s{1,4}){1,4}[*&]?([A-Za-z_]\w{0,60})\s{0,2}\([^()\n]{0,300}\)\s{0,3}(?:const\s{0,3})?\{/gm
const included = /^[^\S\n]{0,3}#\s{0,3}include\b/m
/** Languages of blocks that show a command or an output. */
const shown = /^(?:bash|sh|shell|zsh|console|text|txt|plaintext|output|powershell)\s*$/i
const maxBlock = 100_000

interface Block {
  readonly language: string
  readonly inside: string
}

/**
 * The code of an answer, in a fence: the blocks that define something, and of those that define the same the last. Without
 * definitions, the blocks in a language other than that of commands and outputs; without such blocks, the last one. An
 * unclosed block extends to the end.
 */
export function readCode(text: string): string | undefined {
  const blocks = blocksIn(text)
  const named = blocks.map(block => ({ ...block, names: namesIn(block.inside) }))
  const defining = named.filter(({ names }) => names.size > 0)
  const definedLater = new Set<string>()
  const isLast = defining.map(() => true)
  for (const [index, { names }] of [...defining.entries()].toReversed()) {
    isLast[index] = names.isDisjointFrom(definedLater)
    for (const name of names) definedLater.add(name)
  }
  const kept = defining.filter((_, index) => isLast[index])
  const programs = blocks.filter(({ language }) => !shown.test(language) && language.trim() !== '')
  const [first, ...others] = [kept, programs, blocks.slice(-1)].find(({ length }) => length > 0) ?? []
  if (!first) return undefined
  const inside = [`${first.language}\n${first.inside}`, ...others.map(block => block.inside)].join('\n')
  return `${fence}${inside}${fence}`
}

/** The content of a fenced block, without the name of a language; the text itself if it is not such a block. */
export function unfence(text: string): string {
  return /^(```|~~~)(?:[^\n`]*\n)?([\s\S]*)\1$/.exec(text)?.[2] ?? text
}

function blocksIn(text: string): Block[] {
  const parts = text.split(/^[^\S\n]{0,3}(?:```|~~~)/m)
  return parts.flatMap((part, index) => {
    if (index % 2 === 0) return []
    const end = part.indexOf('\n')
    return end === -1
      ? [{ language: '', inside: part }]
      : [{ language: part.slice(0, end), inside: part.slice(end + 1) }]
  })
}

function namesIn(code: string): ReadonlySet<string> {
  if (code.length > maxBlock) return new Set()
  const names = [definition, assigned, typed].flatMap(pattern =>
    [...code.matchAll(pattern)].map(([, name]) => name!),
  )
  return new Set(included.test(code) && names.length === 0 ? ['main'] : names)
}
