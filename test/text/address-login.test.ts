import t from 'tap'
import { basicAuthorization, decodePart, loginIn, withoutLogin } from '../../src/text/address-login.ts'

t.test('escapes are decoded, and a percent sign that encodes nothing stands as it is', async t => {
  t.equal(decodePart('p%40ss'), 'p@ss')
  t.equal(decodePart('50%off'), '50%off')
  t.equal(decodePart('%ff%E4%BD%A0'), '%ff%E4%BD%A0', 'bytes that are no text')
  t.equal(decodePart('100%'), '100%')
})

t.test('the login of an address is sent as HTTP does, and left out of the address', async t => {
  const url = new URL('https://ann:p%40ss@host/v1?x=1')
  t.equal(loginIn(url), 'ann:p@ss')
  t.equal(basicAuthorization(url), `Basic ${Buffer.from('ann:p@ss').toString('base64')}`)
  t.equal(withoutLogin(url.href), 'https://host/v1?x=1')
  t.equal(basicAuthorization(new URL('https://host')), undefined)
})
