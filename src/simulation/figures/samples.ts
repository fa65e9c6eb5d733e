/** Measured values, all of them kept, so that percentiles are exact. */
export class Samples {
  #values = new Float64Array(1_024)
  #count = 0
  #isSorted = true

  get count(): number {
    return this.#count
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = value
    this.#isSorted = false
  }

  /** The value that a share of all do not exceed; undefined without values. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined
    return this.#sorted()[Math.min(this.#count - 1, Math.max(0, Math.ceil(share * this.#count) - 1))]
  }

  get mean(): number | undefined {
    if (this.#count === 0) return undefined
    return this.#sorted().reduce((sum, value) => sum + value, 0) / this.#count
  }

  /** The number of values above zero. */
  get positive(): number {
    return this.#sorted().reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0)
  }

  #sorted(): Float64Array {
    const values = this.#values.subarray(0, this.#count)
    if (!this.#isSorted) values.sort()
    this.#isSorted = true
    return values
  }
}
