import fc from 'fast-check'
import t from 'tap'
import { interpolate } from '../../src/config/interpolate.ts'

const environment = {
  HOST: 'api.example.com',
  PREFIX: 'PROD',
  PROD_KEY: 'secret',
  EMPTY: '',
  TRICKY: '${HOST} $$ ${',
}

const cases: readonly (readonly [string, string])[] = [
  ['plain text', 'plain text'],
  ['${HOST}', 'api.example.com'],
  ['${ HOST }', 'api.example.com'],
  ['https://${HOST}/v1', 'https://api.example.com/v1'],
  ['${HOST}${PREFIX}', 'api.example.comPROD'],
  ['${UNSET:-default}', 'default'],
  ['${UNSET:-}', ''],
  ['${HOST:-default}', 'api.example.com'],
  ['${EMPTY}', ''],
  ['${EMPTY:-default}', 'default'],
  ['${UNSET:-${HOST}}', 'api.example.com'],
  ['${UNSET:-${ALSO_UNSET:-x}}', 'x'],
  ['${UNSET:-https://${HOST}:80/}', 'https://api.example.com:80/'],
  ['${HOST:-${UNSET}}', 'api.example.com'],
  ['${PREFIX}_API_KEY', 'PROD_API_KEY'],
  ['${${PREFIX}_KEY}', 'secret'],
  ['${${PREFIX}_OTHER:-none}', 'none'],
  ['$HOST costs 5$', '$HOST costs 5$'],
  ['$$', '$'],
  ['$${HOST}', '${HOST}'],
  ['$$${HOST}', '$api.example.com'],
  ['${UNSET:-$$5}', '$5'],
  ['${TRICKY}', '${HOST} $$ ${'],
  ['}{', '}{'],
]

for (const [written, text] of cases) {
  t.test(`${written} becomes ${text === '' ? 'empty' : text}`, async t => {
    t.match(interpolate(written, environment), { text, faults: [] })
  })
}

t.test('an unset variable without a default is named', async t => {
  const { faults } = interpolate('${UNSET} and ${ALSO_UNSET}', environment)
  t.equal(faults.length, 2)
  t.match(faults[0], 'UNSET is not set')
  t.match(faults[1], 'ALSO_UNSET is not set')
})

t.test('an invalid reference is an error that says how to write one', async t => {
  for (const written of ['${}', '${HOST NAME}', '${HOST-x}', '${HOST:x}', '${1X}']) {
    t.match(interpolate(written, environment).faults, [/invalid reference; write \$\{NAME\}/], written)
  }
  t.match(interpolate('a ${HOST', environment).faults, [
    'a reference that starts with "${" has no closing "}"',
  ])
  t.match(interpolate('${HOST:-x', environment).faults, [
    'a reference that starts with "${" has no closing "}"',
  ])
})

t.test('names on the prototype of objects are ordinary variables', async t => {
  t.match(interpolate('${constructor}', {}).faults, [/constructor is not set/])
})

t.test('any text survives escaping, and so does the value of any variable', async () => {
  fc.assert(
    fc.property(fc.string(), text => {
      return (
        interpolate(text.replaceAll('$', '$$$$'), {}).text === text &&
        interpolate('${X}', { X: text }).text === text
      )
    }),
  )
})
