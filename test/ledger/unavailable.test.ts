import t from 'tap'
import { unavailable, unreadableFile } from '../../src/ledger/unavailable.ts'

t.test('a full disk and a file that cannot be written are told with what to do, and where', t => {
  for (const [reason, told] of [
    ['database or disk is full', /disk is full; free some space: reading needs some, too \(\/x\/l\.db\)$/],
    ['ENOSPC: no space left on device, write', /write; free some space: .*, too \(\/x\/l\.db\)$/],
    ["EROFS: read-only file system, open '/x/l.db'", /; this user needs write access to .* to read it$/],
    ["EACCES: permission denied, open '/x/l.db'", /; this user needs write access to .* to read it$/],
    ['attempt to write a readonly database', /; this user needs write access to .*it \(\/x\/l\.db\)$/],
    ['file is not a database', /: file is not a database \(\/x\/l\.db\)$/],
  ] as const)
    t.match(unreadableFile('/x/l.db', reason), { code: 'ledger_unavailable', message: told })
  t.end()
})

t.test('a socket that refuses gets no advice about files', t => {
  const reason = 'connect EACCES /var/run/postgresql/.s.PGSQL.5432'
  for (const error of [unavailable(reason), unreadableFile(':memory:', reason)])
    t.equal(error.message, `The ledger cannot be read: ${reason}`)
  t.end()
})
