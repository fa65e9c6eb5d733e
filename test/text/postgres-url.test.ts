import t from 'tap'
import { filesOfPostgresUrl, readPostgresUrl, shownPostgresUrl } from '../../src/text/postgres-url.ts'

t.test('the URL of a database is read in parts, which are decoded', async t => {
  t.match(readPostgresUrl('postgres://ann:p%40ss%2Fword@db.example:6432/led%20ger'), {
    host: 'db.example',
    port: 6432,
    user: 'ann',
    password: 'p@ss/word',
    database: 'led ger',
    tls: 'disable',
  })
  t.match(readPostgresUrl('postgresql://[::1]/x'), { host: '::1', port: undefined, user: undefined })
  t.match(readPostgresUrl('postgres:///x?host=/run/postgresql'), { host: '/run/postgresql', database: 'x' })
})

t.test('TLS and its files are parameters, as for other clients of PostgreSQL', async t => {
  const url = 'postgres://db/x?sslmode=verify-full&sslrootcert=/ca.pem&application_name=one'
  t.match(readPostgresUrl(url), { tls: 'verify-full', given: { application_name: 'one' } })
  t.same(filesOfPostgresUrl(url), ['/ca.pem'])
})

t.test('a wrong URL is refused in words that do not repeat its password', async t => {
  const wrong = {
    'mysql://ann:secret@db/x': /expected a URL such as postgres:/,
    'db:5432': /expected a URL such as/,
    'postgres://ann:sec/ret@db/x': /special characters as %2F/,
    'postgres://ann:secret%@db/x': /the password has a % that begins no character/,
    'postgres://ann:secret@db/x?sslmod=require': /called "sslmod"; did you mean "sslmode"/,
    'postgres://ann:secret@db/x?sslmode=prefer':
      /sslmode: expected one of disable, require, verify-ca, verify-full/,
    'postgres://ann:secret@db/x?sslrootcert=/ca.pem': /sslrootcert needs an sslmode/,
    'postgres://ann:secret@db/x?sslmode=require&sslrootcert=ca.pem': /expected an absolute path/,
  }
  for (const [url, message] of Object.entries(wrong)) {
    t.throws(() => readPostgresUrl(url), { message })
    t.throws(() => readPostgresUrl(url), { message: /^(?!.*(secret|sec\/ret))/ }, url)
  }
})

t.test('a URL is shown without its password and parameters', async t => {
  t.equal(shownPostgresUrl('postgres://ann:secret@db:6432/x?options=-c%20a'), 'postgres://ann@db:6432/x')
  t.equal(shownPostgresUrl('postgres:///x?host=/run/postgresql'), 'postgres://(/run/postgresql)/x')
  t.equal(shownPostgresUrl('postgres://[::1]/x'), 'postgres://[::1]/x')
})
