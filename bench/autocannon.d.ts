declare module 'autocannon' {
  export interface Options {
    readonly url: string
    readonly connections: number
    readonly duration: number
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }

  export interface Result {
    readonly duration: number
    readonly errors: number
    readonly non2xx: number
    readonly '2xx': number
  }

  export default function autocannon(options: Options): Promise<Result>
}
