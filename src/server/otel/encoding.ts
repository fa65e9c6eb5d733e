/** Facts by the names of the conventions; those without a value are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

/** An attribute as the protocol writes it in JSON. */
export interface KeyValue {
  readonly key: string
  readonly value: object
}

/** A time in milliseconds since 1970 as the protocol writes it. */
export function nanoseconds(milliseconds: number): string {
  return String(BigInt(Math.round(milliseconds * 1000)) * 1000n)
}

/** Attributes as the protocol writes them, without those that have no value. */
export function keyValues(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: anyValue(value) }],
  )
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
