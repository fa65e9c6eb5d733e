/** The JSON of a request. */
export type Body = Readonly<Record<string, unknown>>

/**
 * A part of a body that some services refuse, and without which the request can be answered: how to load, cache or write it,
 * a promise about the form of an answer that the service cannot give, or nothing at all.
 */
export interface Hint {
  /** Words of a service that refuse it. */
  readonly named: RegExp
  /** Whether these words are a refusal by themselves; otherwise the service must say that it does not know something. */
  readonly alone?: boolean
  /** The body without it, or with it in another form; the same object if it does not have it. */
  readonly without: (body: Body) => Body
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object without a field; the same one if it does not have it. */
export function without(object: Body, field: string): Body {
  if (!(field in object)) return object
  const { [field]: _field, ...rest } = object
  return rest
}
