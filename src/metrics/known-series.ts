/** The values of all labels of a series, in the order of the labels. */
export type LabelValues = readonly string[]

/** Returns the series that are known before anything is counted. */
export type KnownSeries = () => Iterable<LabelValues>

/** Maximum number of series of a metric that begin at zero: of more, most would never be used. */
const maxKnown = 500

/** The series of a metric that begin at zero: those that are known, unless they are too many. */
export function seriesAtZero(known: KnownSeries): readonly LabelValues[] {
  // Products of names may be huge: no more of them is made than it takes to see that.
  const series = [...Iterator.from(known()).take(maxKnown + 1)]
  return series.length > maxKnown ? [] : series
}

/** Each of some series followed by each of some values of one more label. */
export function* withEach(series: Iterable<LabelValues>, values: Iterable<string>): Generator<LabelValues> {
  for (const before of series) for (const value of values) yield [...before, value]
}
