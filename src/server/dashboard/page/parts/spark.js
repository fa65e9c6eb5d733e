import { html } from '../html.js'

const [width, height] = [240, 40]

/** Minimum seconds that a chart spans: fewer would be drawn as a sliver at its edge. */
const leastSeconds = 30

/**
 * A line of the last minutes, the newest value at the right. @param {string} label what a listener is told
 * @param {readonly number[]} values one for each second
 */
export function spark(label, values) {
  const highest = Math.max(1e-9, ...values)
  const step = width / (Math.max(leastSeconds, values.length) - 1)
  const start = width - (values.length - 1) * step
  const points = values.map((value, index) => {
    const y = height - 1 - (value / highest) * (height - 2)
    return `${(start + index * step).toFixed(1)},${y.toFixed(1)}`
  })
  return html`
    <svg
      class="spark"
      viewBox=${`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label=${label}
    >
      <polyline points=${points.join(' ')} />
    </svg>
  `
}
