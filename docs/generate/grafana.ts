import { rows } from './grafana-rows.ts'
import type { Panel } from './grafana-rows.ts'

const source = { type: 'prometheus', uid: '$datasource' }
const [panelWidth, panelHeight, boardWidth] = [8, 7, 24]

/** The text of `docs/monitoring/grafana.json`. */
export function grafanaBoard(): string {
  const panels: object[] = []
  let [id, y] = [1, 0]
  for (const { title, panels: ofRow } of rows) {
    panels.push({ id: id++, type: 'row', title, gridPos: { h: 1, w: boardWidth, x: 0, y: y++ } })
    for (const [index, panel] of ofRow.entries()) {
      const x = (index * panelWidth) % boardWidth
      if (index > 0 && x === 0) y += panelHeight
      panels.push(panelOf(panel, id++, { h: panelHeight, w: panelWidth, x, y }))
    }
    y += panelHeight
  }
  const board = {
    uid: 'hulumanage',
    title: 'hulumanage',
    schemaVersion: 39,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels,
  }
  return `${JSON.stringify(board, undefined, 2)}\n`
}

function panelOf({ title, unit, show, kind }: Panel, id: number, gridPos: object): object {
  const targets = Object.entries(show).map(([legendFormat, expr], index) => {
    const refId = String.fromCharCode('A'.charCodeAt(0) + index)
    return { refId, expr, legendFormat, datasource: source }
  })
  const defaults = kind === 'stat' ? { unit } : { unit, min: 0 }
  return {
    id,
    type: kind,
    title,
    datasource: source,
    gridPos,
    fieldConfig: { defaults, overrides: [] },
    ...(kind === 'stat' && { options: { textMode: 'value_and_name' } }),
    targets,
  }
}
