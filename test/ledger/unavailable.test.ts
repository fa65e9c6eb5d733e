import t from 'tap'
import { unavailable } from '../../src/ledger/unavailable.ts'

t.test('a full disk and a file that cannot be written are told with what to do', t => {
  for (const [reason, advice] of [
    ['database or disk is full', /disk is full; free space on its disk/],
    ['ENOSPC: no space left on device, write', /; free space on its disk/],
    ["EROFS: read-only file system, open '/x/l.db'", /; this user must be able to write its file/],
    ["EACCES: permission denied, open '/x/l.db'", /; this user must be able to write/],
    ['attempt to write a readonly database', /; this user must be able to write/],
    ['file is not a database', /: file is not a database$/],
  ] as const)
    t.match(unavailable(reason), { code: 'ledger_unavailable', message: advice })
  t.end()
})
