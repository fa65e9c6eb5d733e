import t from 'tap'
import fc from 'fast-check'
import { newKey } from '../../src/server/access/clients/new-key.ts'
import { hideSecrets } from '../../src/text/hide-secrets.ts'

const key = 'qL7vT2mXwZ9pRk4sBn8y'

t.test('a secret is left out as a whole, in part, and in Base64', t => {
  const told = (text: string) => hideSecrets(`before ${text} after`, [key, 'short-key'])
  t.equal(told(key), 'before [key] after')
  t.equal(told(key.slice(0, 12)), 'before [key] after')
  t.equal(told(`${key.slice(0, 8)}***${key.slice(-8)}`), 'before [key]***[key] after')
  t.equal(told(btoa(key)), 'before [key]= after')
  t.equal(told(btoa(key).slice(0, 15)), 'before [key] after')
  t.equal(told(key.slice(0, 7)), `before ${key.slice(0, 7)} after`)
  t.equal(told('short-key'), 'before [key] after')
  t.equal(told('short-ke'), 'before short-ke after')
  t.end()
})

t.test('leaves error codes such as key_not_found readable', async t => {
  for (const code of ['key_not_found', 'key_expired', 'key-revoked'])
    t.equal(hideSecrets(`code ${code}`, []), `code ${code}`)
  for (const key of ['key-4f9a2c81d07b', 'key_ABCDEFGH', 'sk-abcdefgh', 'key-abcdefghijklmnopq'])
    t.equal(hideSecrets(`code ${key}`, []), 'code [key]')
})

t.test('leaves out the keys that this server makes, of which it knows only hashes', async t => {
  t.equal(hideSecrets(`mine is ${newKey().key}.`, []), 'mine is [key].')
  t.equal(hideSecrets('hm-yes, a hm-word', []), 'hm-yes, a hm-word')
})

t.test('whatever surrounds it, no eight characters of a secret in a row remain', async () => {
  const secret = fc.string({ minLength: 16, maxLength: 60 }).filter(value => !value.includes('://'))
  fc.assert(
    fc.property(
      secret,
      fc.string(),
      fc.string(),
      fc.nat(),
      fc.nat(),
      (value, before, after, from, length) => {
        const start = from % (value.length - 8)
        const part = value.slice(start, start + 8 + (length % value.length))
        const shown = hideSecrets(before + part + after, [value])
        for (let at = 0; at + 8 <= value.length; at++)
          if (shown.includes(value.slice(at, at + 8))) return false
        return true
      },
    ),
  )
})

t.test(
  'an address that a header of the configuration sends is left out as a whole, and no other address is',
  t => {
    const referer = 'https://example.com/my-app'
    t.equal(hideSecrets(`from ${referer}`, [referer]), 'from [key]')
    const help = 'see https://platform.openai.com/docs'
    t.equal(hideSecrets(help, [referer]), help)
    t.end()
  },
)

t.test('the time is linear, however often a secret is repeated', async t => {
  const text = `${key.slice(0, 9)} `.repeat(20_000)
  t.equal(
    hideSecrets(
      text,
      Array.from({ length: 100 }, (_, index) => `${key}${index}`),
    ),
    '[key] '.repeat(20_000),
  )
})
