import { createHash } from 'node:crypto'

/** Maximum characters in the name of a function at most services. */
const maxLength = 64

/** A name that every service accepts for a function of a namespace; always the same for the same function. */
export function functionName(namespace: string | undefined, name: string): string {
  if (namespace === undefined) return name
  const joint = namespace.endsWith('_') || name.startsWith('_') ? '' : '__'
  return fitting(`${namespace}${joint}${name}`)
}

/** The name itself, or another one if it is taken. */
export function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name
  let count = 2
  while (taken.has(numbered(name, count))) count++
  return numbered(name, count)
}

function numbered(name: string, count: number): string {
  const end = `_${count}`
  return name.slice(0, maxLength - end.length) + end
}

function fitting(name: string): string {
  const plain = name.replaceAll(/[^\w-]/g, '_')
  if (plain === name && name.length <= maxLength) return name
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${plain.slice(0, maxLength - digest.length - 1)}_${digest}`
}
