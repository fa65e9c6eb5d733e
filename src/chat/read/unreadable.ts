/** Thrown for an answer whose meaning cannot be read. Its message completes the sentence "The provider ...". */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}
