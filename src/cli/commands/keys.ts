import { hash, randomBytes } from 'node:crypto'
import { clients } from '../../config/sections/clients.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Invocation } from '../program.ts'

/** Random bytes of a key: nobody guesses them. */
const keyBytes = 32
/** Tells a key of ours from those of services, for people and for scanners of leaked keys. */
const prefix = 'hm-'

/** `keys create NAME`: a new key for a named client, shown only now, and the entry for the configuration, which has its hash. */
export async function keys({ arguments: [, name = ''], values }: Invocation): Promise<void> {
  const { json = false, role = 'user' } = values
  const key = prefix + randomBytes(keyBytes).toString('base64url')
  const entry = { name, key: `sha256:${hash('sha256', key)}`, role: String(role) }
  checkEntry(entry)
  process.stdout.write(json === true ? `${JSON.stringify({ key, client: entry })}\n` : render(key, entry))
}

interface Entry {
  readonly name: string
  readonly key: string
  readonly role: string
}

/** Throws if the configuration would refuse the entry. */
function checkEntry(entry: Entry): void {
  const { success, error } = clients.safeParse([entry])
  if (success) return
  const field = String(error.issues[0]?.path.at(-1))
  const wanted = field === 'role' ? 'user or operator' : 'up to 64 letters, digits, _, ., @ and -'
  throw new HulumanageError('invalid_value', `the ${field} of a client must be ${wanted}`)
}

function render(key: string, entry: Entry): string {
  return `The key of ${entry.name}, which is shown only now:

  ${key}

Add this to \`clients\` in the configuration:

  - name: ${JSON.stringify(entry.name)}
    key: ${entry.key}
    role: ${entry.role}
`
}
