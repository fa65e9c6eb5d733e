import t from 'tap'
import { z } from 'zod'
import { checkStep, readExport } from '../../src/registry/shape.ts'

const run = async (): Promise<string> => ''
const approach = { name: 'good', summary: 'Is fine', run }
const wrapper = { name: 'good', summary: 'Is fine', place: 'leaf', wrap: () => run }

t.test('plain objects with run or wrap are steps', async t => {
  t.doesNotThrow(() => checkStep(approach, 'file'))
  t.doesNotThrow(() => checkStep(wrapper, 'file'))
  t.doesNotThrow(() => checkStep({ ...wrapper, place: 'whole', params: z.object({}) }, 'file'))
  t.doesNotThrow(() =>
    checkStep(
      {
        ...approach,
        paper: 'https://example.org/paper',
        cost: () => ({ calls: 1, rounds: 1 }),
        params: z.object({ n: z.int().default(3) }),
        aliases: { best_of_n: 'n', bon_config: '*' },
      },
      'file',
    ),
  )
})

t.test('params of another copy of zod are recognized by their shape', async t => {
  const foreign = { shape: { n: {} }, safeParse: () => ({ success: true, data: { n: 1 } }) }
  t.doesNotThrow(() => checkStep({ ...approach, params: foreign, aliases: { times: 'n' } }, 'file'))
})

const faults: readonly (readonly [what: string, step: unknown, message: RegExp])[] = [
  ['a text', 'step', /a step is an object, not "step"/],
  ['null', null, /not null/],
  ['an empty object', {}, /the step's name is missing/],
  ['a name in capitals', { ...approach, name: 'Good' }, /name is "Good"; use at most 64 lower-case/],
  ['a name with a dash', { ...approach, name: 'so-good' }, /"so-good"/],
  ['a name that is no text', { ...approach, name: 7 }, /of type number/],
  ['a name that never ends', { ...approach, name: 'a'.repeat(65) }, /use at most 64/],
  ['no work', { name: 'good', summary: 's' }, /step "good": has neither run/],
  ['two kinds of work', { ...approach, ...wrapper }, /both run and wrap/],
  ['run that is no function', { ...approach, run: 'fast' }, /run must be a function/],
  ['wrap that is no function', { ...wrapper, wrap: {} }, /wrap must be a function/],
  ['no place', { ...wrapper, place: undefined }, /place is missing; it must be "leaf"/],
  ['an unknown place', { ...wrapper, place: 'top' }, /place is "top"/],
  ['no summary', { ...approach, summary: undefined }, /summary must be/],
  ['an empty summary', { ...approach, summary: '' }, /summary must be/],
  ['a paper that is no text', { ...approach, paper: 1 }, /paper must be/],
  ['a cost that is no function', { ...approach, cost: 3 }, /cost must be/],
  ['params that are no schema', { ...approach, params: { n: 3 } }, /params must be a zod object/],
  ['params of another zod type', { ...approach, params: z.string() }, /params must be a zod object/],
  [
    'params without defaults',
    { ...approach, params: z.object({ n: z.int(), m: z.int().default(1) }) },
    /params need a default for every field: n: /,
  ],
  [
    'params whose check throws',
    {
      ...approach,
      params: z.object({}).refine(() => {
        throw new Error('refined')
      }),
    },
    /params need a default for every field: refined/,
  ],
  [
    'params that refuse without an issue',
    { ...approach, params: { shape: {}, safeParse: () => ({ success: false }) } },
    /an empty object is refused/,
  ],
  ['aliases without params', { ...approach, aliases: { a: 'b' } }, /aliases need params/],
  ['aliases that are no object', { ...approach, params: z.object({}), aliases: 'n' }, /aliases must be/],
  ['uses that are no list', { ...approach, uses: 'bon' }, /uses is "bon"; it must be a list of approaches/],
  ['uses of a wrapper', { ...approach, uses: [{ name: 'w', wrap: () => {} }] }, /uses must be a list/],
  [
    'uses of an invalid step',
    { ...approach, uses: [{ ...approach, name: 'inner', params: 'n' }] },
    /uses the step "inner", which is not valid: params must be a zod object/,
  ],
  ['a stray alias', { ...approach, params: z.object({}), aliases: { a: 'b' } }, /alias "a" leads to "b"/],
]

for (const [what, step, message] of faults) {
  t.test(`${what} is refused with its reason`, async t => {
    t.throws(() => checkStep(step, 'plugins/x.js'), { code: 'step_invalid', message })
    t.throws(() => checkStep(step, 'plugins/x.js'), { message: /^plugins\/x\.js: / })
  })
}

t.test('a function is a Fastify plugin, and a file without an export is refused', async t => {
  t.equal(readExport(run, 'file'), run)
  t.equal(readExport(approach, 'file'), approach)
  t.throws(() => readExport(undefined, 'plugins/x.js'), { message: /plugins\/x\.js: no default export/ })
})

t.test('steps may use each other', async t => {
  const one: Record<string, unknown> = { ...approach }
  const other = { ...approach, name: 'other', uses: [one] }
  one['uses'] = [other]
  t.doesNotThrow(() => checkStep(one, 'file'))
})
