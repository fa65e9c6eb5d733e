import { isAbsolute } from 'node:path'
import { didYouMean } from './did-you-mean.ts'

/** The ways to use TLS, as PostgreSQL's own clients name them. The first is the default. */
const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type TlsMode = (typeof tlsModes)[number]

/** Parameters of a URL that name files. */
const fileParameters = ['sslrootcert', 'sslcert', 'sslkey'] as const
const parameters = ['sslmode', ...fileParameters, 'host', 'application_name', 'options'] as const
type Parameter = (typeof parameters)[number]

/** A PostgreSQL database and how to reach it. What is undefined is left to the environment (`PGUSER`, `PGPASSWORD`). */
export interface PostgresAddress {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string | undefined
  readonly port: number | undefined
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  readonly tls: TlsMode
  /** The files, settings and names that the query of the URL has. */
  readonly given: Readonly<Partial<Record<Parameter, string>>>
}

/** Reads the URL of a PostgreSQL database. Throws an `Error` whose message does not repeat the URL, which has a password. */
export function readPostgresUrl(text: string): PostgresAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol))
    throw new Error(
      'expected a URL such as postgres://user:password@host:5432/database, with special characters as %2F and the like',
    )
  const given = givenIn(url.searchParams)
  return {
    host: given.host ?? textOf(url.hostname.replaceAll(/^\[|\]$/g, ''), 'host'),
    port: url.port === '' ? undefined : Number(url.port),
    user: textOf(url.username, 'user'),
    password: textOf(url.password, 'password'),
    database: textOf(url.pathname.replace(/^\//, ''), 'database'),
    tls: tlsModeOf(given),
    given,
  }
}

/** The files that the URL of a database names. */
export function filesOfPostgresUrl(text: string): string[] {
  const { given } = readPostgresUrl(text)
  return fileParameters.flatMap(name => given[name] ?? [])
}

/** The URL of a database for logs and errors: without its password and parameters. */
export function shownPostgresUrl(text: string): string {
  const { host = 'localhost', port, user, database = '' } = readPostgresUrl(text)
  const place = host.startsWith('/') ? `(${host})` : host.includes(':') ? `[${host}]` : host
  return `postgres://${user === undefined ? '' : `${user}@`}${place}${port === undefined ? '' : `:${port}`}/${database}`
}

function givenIn(query: URLSearchParams): PostgresAddress['given'] {
  const given: Partial<Record<Parameter, string>> = {}
  for (const [name, value] of query) {
    const parameter = parameters.find(known => known === name)
    if (parameter === undefined)
      throw new Error(
        `no parameter is called "${name}"; ${didYouMean(name, parameters) ?? `known are ${parameters.join(', ')}`}`,
      )
    given[parameter] = value
  }
  for (const name of fileParameters) {
    const file = given[name]
    if (file !== undefined && !isAbsolute(file)) throw new Error(`${name}: expected an absolute path`)
  }
  return given
}

function tlsModeOf({ sslmode = tlsModes[0], ...given }: PostgresAddress['given']): TlsMode {
  const mode = tlsModes.find(known => known === sslmode)
  if (mode === undefined) throw new Error(`sslmode: expected one of ${tlsModes.join(', ')}`)
  const file = fileParameters.find(name => given[name] !== undefined)
  if (mode === 'disable' && file !== undefined)
    throw new Error(`${file} needs an sslmode such as verify-full; without one, the connection has no TLS`)
  return mode
}

/** The decoded text of a part of a URL; undefined if it is empty. */
function textOf(part: string, name: string): string | undefined {
  if (part === '') return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Error(`the ${name} has a % that begins no character; write it as %25`)
  }
}
