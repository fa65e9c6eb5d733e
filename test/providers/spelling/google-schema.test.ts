import fc from 'fast-check'
import t from 'tap'
import { googleSchema } from '../../../src/providers/spelling/schemas/google.ts'
import { isObject } from '../../../src/providers/spelling/schemas/walk.ts'
import type { Json } from '../../../src/providers/spelling/schemas/walk.ts'

const text = { type: 'string' }
const person = { type: 'object', properties: { name: text }, required: ['name'] }

t.test('references are replaced by what they refer to', t => {
  const schema = {
    type: 'object',
    properties: {
      // As pydantic 2 and zod write them, and pydantic 1 beside a description.
      author: { $ref: '#/$defs/person', description: 'Who wrote it' },
      editor: { description: 'Who checked it', allOf: [{ $ref: '#/definitions/a~1b%20c' }] },
      others: { type: 'array', items: { $ref: '#/properties/author' } },
      parent: { $ref: '#/$defs/tree' },
      elsewhere: { $ref: 'https://example.com/schema.json', title: 'Away' },
      nowhere: { $ref: '#/$defs/__proto__' },
    },
    $defs: {
      person,
      tree: { type: 'object', properties: { up: { $ref: '#/$defs/tree' }, of: { $ref: '#/$defs/person' } } },
    },
    definitions: { 'a/b c': person },
  }
  t.same(googleSchema(schema), {
    type: 'object',
    properties: {
      author: { ...person, description: 'Who wrote it' },
      editor: { ...person, description: 'Who checked it' },
      others: { type: 'array', items: { ...person, description: 'Who wrote it' } },
      parent: { type: 'object', properties: { up: {}, of: person } },
      elsewhere: { title: 'Away' },
      nowhere: {},
    },
  })
  t.end()
})

t.test('each keyword that Google says in other words is said in those', t => {
  const cases: readonly (readonly [schema: Json, fitting: Json])[] = [
    [{ type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [{ type: ['null'] }, { nullable: true }],
    [
      { type: ['string', 'array'], items: text, description: 'One or more' },
      { description: 'One or more', anyOf: [text, { type: 'array', items: text }] },
    ],
    [{ const: 'a' }, { enum: ['a'] }],
    [{ type: 'integer', const: 1 }, { type: 'integer' }],
    [{ type: 'integer', enum: [1, 2] }, { type: 'integer' }],
    [{ oneOf: [text, { const: 1 }] }, { anyOf: [text, {}] }],
    [{ anyOf: [text], oneOf: [person] }, { anyOf: [text] }],
    [
      { allOf: [person, { properties: { age: { type: 'integer' } }, required: ['age'] }] },
      { type: 'object', properties: { name: text, age: { type: 'integer' } }, required: ['name', 'age'] },
    ],
  ]
  for (const [schema, fitting] of cases) t.same(googleSchema(schema), fitting, JSON.stringify(schema))
  t.end()
})

t.test('a schema in Google’s own keywords stays the same object', t => {
  const schema = { ...person, nullable: true, description: 'x' }
  t.equal(googleSchema(schema), schema)
  t.end()
})

t.test('references that multiply or never end take little time and space', t => {
  const twice = (name: string) => ({ anyOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] })
  const doubling = Array.from({ length: 60 }, (_, index) => [`d${index}`, twice(`d${index + 1}`)])
  const chain = Array.from({ length: 20_000 }, (_, index) => [`c${index}`, { $ref: `#/$defs/c${index + 1}` }])
  for (const definitions of [doubling, chain]) {
    const [first] = definitions[0] as [string]
    const result = googleSchema({ $ref: `#/$defs/${first}`, $defs: Object.fromEntries(definitions) as Json })
    t.ok(JSON.stringify(result).length < 100_000)
  }
  t.end()
})

t.test('whatever a client writes as a schema, only known keywords are left where Google reads them', t => {
  const { schema } = fc.letrec<{ schema: Json; value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.json().map(each => JSON.parse(each) as unknown),
      tie('schema'),
    ),
    schema: fc.dictionary(
      fc.constantFrom(
        'type',
        'enum',
        'const',
        'allOf',
        'anyOf',
        'oneOf',
        'items',
        'properties',
        '$ref',
        '$defs',
        'required',
      ),
      fc.oneof(
        tie('value'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.constantFrom('#/$defs', '#/properties', '#/', '#'),
      ),
    ),
  }))
  fc.assert(
    fc.property(schema, given => {
      const result = googleSchema(given)
      return isObject(result) && ['const', 'oneOf', 'allOf', '$ref', '$defs'].every(word => !(word in result))
    }),
  )
  t.end()
})
