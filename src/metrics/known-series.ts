/** The values of all labels of a series, in the order of the labels. */
export type LabelValues = readonly string[]

/** Returns the series that are known before anything is counted. */
export type KnownSeries = () => readonly LabelValues[]

/** Maximum number of series of a metric that begin at zero: of more, most would never be used. */
const maxKnown = 500

/** Each of some series followed by each of some values of one more label; none if they are too many to begin at zero. */
export function withEach(series: readonly LabelValues[], values: readonly string[]): readonly LabelValues[] {
  if (series.length * values.length > maxKnown) return []
  return series.flatMap(before => values.map(value => [...before, value]))
}
