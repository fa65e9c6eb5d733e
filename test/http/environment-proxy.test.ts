import t from 'tap'
import { proxyFor } from '../../src/http/environment-proxy.ts'

const origin = 'https://api.example.com'
const through = (environment: Readonly<Record<string, string>>, to = origin) =>
  proxyFor(to, environment)?.url.host

t.test('each scheme has its variable, lower case first, and ALL_PROXY is used without it', async t => {
  t.equal(through({ HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }), 'p:1')
  t.equal(through({ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://r:3' }), 'r:3')
  t.equal(through({ HTTPS_PROXY: 'http://p:1' }, 'http://api.example.com'), undefined)
  t.equal(through({ ALL_PROXY: 'p:1', HTTPS_PROXY: '' }), 'p:1')
  t.equal(through({ ALL_PROXY: 'socks5://p:1' }), undefined)
  t.equal(through({}), undefined)
})

t.test('NO_PROXY lists hosts, domains, ports and addresses', async t => {
  const proxied = (list: string, to = origin) =>
    through({ HTTPS_PROXY: 'p:1', NO_PROXY: list }, to) !== undefined
  for (const list of [
    '*',
    'api.example.com',
    'EXAMPLE.com',
    '.example.com',
    '*.example.com',
    'x, example.com:443',
  ])
    t.notOk(proxied(list), list)
  for (const list of ['', 'ample.com', 'api.example.com:8443', 'www.example.com', ','])
    t.ok(proxied(list), list)
  t.notOk(proxied('10.0.0.7', 'https://10.0.0.7:8443'))
  t.notOk(proxied('fd00::7', 'https://[fd00::7]:8443'))
})

t.test('calls to this machine take no proxy, those to hosts with similar names do', async t => {
  const proxied = (host: string) => through({ HTTPS_PROXY: 'p:1' }, `https://${host}`) !== undefined
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.1.2.3', '[::1]'])
    t.notOk(proxied(host), host)
  for (const host of ['localhost.example.com', '127.example.com', 'notlocalhost']) t.ok(proxied(host), host)
})

t.test('an address that names no HTTP proxy is refused without telling its password', async t => {
  for (const address of ['socks5://u:secret@p:1', 'http://u:secret@:x', 'http://'])
    t.throws(() => through({ HTTPS_PROXY: address }), {
      code: 'config_invalid',
      message: /^HTTPS_PROXY does not name an HTTP proxy, such as http:\/\/host:3128$/,
    })
})

t.test('credentials with a percent sign that encodes nothing are sent as they are', async t => {
  const { authorization } = proxyFor('https://h', { https_proxy: 'http://me:50%off@proxy:3128' })!
  t.equal(authorization, `Basic ${btoa('me:50%off')}`)
})
