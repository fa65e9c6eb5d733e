import type { Fields } from '../../../chat/read/fields.ts'

/** The functions that a request allows the model to call: the schemas of their parameters, by name. */
export type Offered = ReadonlyMap<string, Fields>

/** A call that a model has written into its text. */
export interface TextCall {
  readonly name: string
  /** The text of a JSON object. */
  readonly arguments: string
}
