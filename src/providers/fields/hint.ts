/** The JSON of a request. */
export type Body = Readonly<Record<string, unknown>>

/** Something in a body that says how to load, cache or write the request, or that says nothing. */
export interface Hint {
  /** Words of a service that refuse it. */
  readonly named: RegExp
  /** Whether these words are a refusal by themselves; otherwise the service must say that it does not know something. */
  readonly alone?: boolean
  /** The body without it, which asks for the same; the same object if it does not have it. */
  readonly without: (body: Body) => Body
}
