// The part of the package `pg` that is used, which has no types of its own.
declare module 'pg' {
  import type { ConnectionOptions } from 'node:tls'

  interface Result {
    readonly rows: Record<string, unknown>[]
  }

  interface Statement {
    readonly text: string
    readonly values?: unknown[]
    /** Milliseconds after which the answer is no longer awaited. */
    readonly query_timeout?: number
  }

  interface PoolSettings {
    readonly host?: string | undefined
    readonly port?: number | undefined
    readonly user?: string | undefined
    readonly password?: string | undefined
    readonly database?: string | undefined
    readonly ssl?: ConnectionOptions | false
    readonly options?: string | undefined
    readonly application_name?: string
    readonly connectionTimeoutMillis?: number
    readonly keepAlive?: boolean
    readonly allowExitOnIdle?: boolean
    /** Maximum connections. */
    readonly max?: number
    readonly types?: { readonly getTypeParser: (type: number) => (text: string) => unknown }
  }

  export class PoolClient {
    query(statement: Statement): Promise<Result>
    /** Returns the connection to its pool, or closes it. */
    release(isBroken?: boolean): void
    on(event: 'error', listener: (error: Error) => void): this
  }

  export class Pool {
    constructor(settings: PoolSettings)
    connect(): Promise<PoolClient>
    on(event: 'error', listener: (error: Error) => void): this
    on(event: 'connect', listener: (client: PoolClient) => void): this
    end(): Promise<void>
  }

  export class Client {
    constructor(url: string)
    connect(): Promise<void>
    query(sql: string): Promise<Result>
    end(): Promise<void>
  }
}
