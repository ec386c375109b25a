// The chart of an answer: a histogram of its times, or its numbers over time.
import { lazy, Suspense } from 'react'
import type { Column } from '../../api/schema'
import { Loading } from '../../ui/parts'
import type { Series } from '../../ui/Bars'
import { shown } from './values'

const Bars = lazy(async () => ({ default: (await import('../../ui/Bars')).Bars }))

export interface ChartOf {
  times: number[]
  series: Series[]
  /** histogram counts rows; else it is the answer's own numbers. */
  histogram: boolean
  label: string
}

const bins = 60
const mostSeries = 7

/** chartOf returns what can be drawn of an answer; null for one without times. */
export function chartOf(columns: Column[], rows: unknown[][]): ChartOf | null {
  const time = columns.findIndex((c) => c.type === 'datetime')
  if (time < 0 || rows.length < 2) return null
  const at = rows.map((r) => Date.parse(shown(r[time])) / 1000)
  const known = at.filter((t) => !Number.isNaN(t))
  if (known.length < 2) return null
  const number = columns.findIndex((c) => ['long', 'int', 'real'].includes(c.type))
  const distinct = new Set(known)
  // One number for each time and name is a series already; anything else is counted.
  if (columns.length <= 3 && number >= 0 && distinct.size > 1) {
    const name = columns.findIndex((c, i) => i !== time && i !== number && c.type === 'string')
    const times = [...distinct].sort((a, b) => a - b)
    const index = new Map(times.map((t, i) => [t, i]))
    const by = new Map<string, number[]>()
    rows.forEach((r, i) => {
      const row = index.get(at[i] ?? NaN)
      if (row === undefined) return
      const key = name >= 0 ? shown(r[name]) || 'none' : (columns[number]?.name ?? '')
      const values = by.get(key) ?? times.map(() => 0)
      values[row] = (values[row] ?? 0) + Number(r[number] ?? 0)
      by.set(key, values)
    })
    return { times, series: most(by), histogram: false, label: `${columns[number]?.name ?? 'Numbers'} over time` }
  }
  const first = Math.min(...known)
  const width = Math.max((Math.max(...known) - first) / bins, 0.001)
  const values = Array.from({ length: bins + 1 }, () => 0)
  for (const t of known) {
    const i = Math.floor((t - first) / width)
    values[i] = (values[i] ?? 0) + 1
  }
  return { times: values.map((_, i) => first + i * width), series: [{ name: 'rows', values }], histogram: true, label: `Rows over time by ${columns[time]?.name ?? 'time'}; draw over a span to ask for it alone` }
}

function most(by: Map<string, number[]>): Series[] {
  const sum = (v: number[]) => v.reduce((a, b) => a + b, 0)
  const sorted = [...by].map(([name, values]) => ({ name, values })).sort((a, b) => sum(b.values) - sum(a.values))
  const rest = sorted.slice(mostSeries)
  const kept = sorted.slice(0, mostSeries)
  if (rest.length > 0) kept.push({ name: 'others', values: (rest[0]?.values ?? []).map((_, i) => rest.reduce((n, s) => n + (s.values[i] ?? 0), 0)) })
  return kept
}

export function Chart({ chart, zoom }: { chart: ChartOf; zoom: (from: string, to: string) => void }) {
  return (
    <Suspense fallback={<Loading what="The chart" />}>
      <Bars times={chart.times} series={chart.series} height={chart.histogram ? 110 : 240} label={chart.label} zoom={(from, to) => zoom(new Date(from * 1000).toISOString(), new Date(to * 1000).toISOString())} />
    </Suspense>
  )
}
