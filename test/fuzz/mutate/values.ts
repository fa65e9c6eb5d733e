import type { Random } from '../random.ts'

/** Values that `JSON.stringify` cannot write, or not without a stack overflow, as their JSON text. */
const literals = [
  '1e999',
  '-1e999',
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  ...[40, 200, 3000].flatMap(depth => [
    `${'['.repeat(depth)}1${']'.repeat(depth)}`,
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  ]),
]
const mark = (index: number) => `\u0001literal${index}`

/** Indices that no list should have. */
export const oddIndices: readonly unknown[] = [
  '__proto__',
  'constructor',
  'length',
  'toString',
  '0',
  4_294_967_294,
  4_294_967_295,
  1e9,
  150_000_000,
  300,
  -1,
  1.5,
  1,
  2,
  null,
  true,
  {},
  [],
]

const oddValues: readonly unknown[] = [
  null,
  null,
  '',
  '',
  0,
  -1,
  -5,
  1.5,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER,
  4_294_967_294,
  true,
  false,
  'text',
  ' \n',
  'null',
  'NaN',
  '__proto__',
  'constructor',
  'length',
  '\u0000\ud800',
  [],
  [null],
  [[]],
  [5],
  ['text'],
  [{}],
  {},
  { toString: 1 },
  { length: 4_294_967_295 },
  { then: 1 },
  { a: { b: [1, null] } },
  ...literals.map((_, index) => mark(index)),
]

/** Any JSON value that may appear where another one is expected. */
export function oddValue(random: Random): unknown {
  if (random.chance(0.02)) return 'x'.repeat(random.pick([300, 70_000]))
  return random.pick(oddValues)
}

/** JSON text, including values that only text can express. */
export function jsonText(value: unknown): string {
  const text = typeof value === 'string' && !value.startsWith('\u0001') ? value : JSON.stringify(value)
  return text.replaceAll(/"\\u0001literal(\d)"/g, (_, index: string) => literals[Number(index)]!)
}
