// Stacked bars over time, drawn by uPlot, with the same figures as a table for those who do not see them.
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { clockOf, dayOf } from '../format'

export interface Series {
  name: string
  values: number[]
}

const colours = 8

/** ticks writes times of an axis: the clock, and the day where it changes. */
function ticks(splits: number[]): string[] {
  const days = (splits[splits.length - 1] ?? 0) - (splits[0] ?? 0) > 3 * 86_400
  let day = ''
  return splits.map((t) => {
    const at = new Date(t * 1000).toISOString()
    const today = dayOf(at).replace(/ \d{4}$/, '')
    const changed = today !== day
    day = today
    if (days) return changed ? today : ''
    return clockOf(at).slice(0, 5) + (changed ? `\n${today}` : '')
  })
}

function colour(i: number): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--chart${(i % colours) + 1}`).trim()
}

/** Bars draws a value of each series for each time, in seconds; zoom is told a span that was drawn over with the pointer. */
export function Bars({ times, series, height = 190, label, zoom }: { times: number[]; series: Series[]; height?: number; label: string; zoom?: (from: number, to: number) => void }) {
  const box = useRef<HTMLDivElement>(null)
  const zoomed = useRef(zoom)
  zoomed.current = zoom
  const sums = useMemo(() => {
    const under = times.map(() => 0)
    return series.map((s) => s.values.map((v, i) => (under[i] = (under[i] ?? 0) + v)))
  }, [times, series])
  useEffect(() => {
    const el = box.current
    if (!el || times.length === 0) return
    let plot: uPlot | undefined
    const draw = () => {
      plot?.destroy()
      const style = getComputedStyle(document.documentElement)
      const ink = style.getPropertyValue('--muted').trim()
      const line = style.getPropertyValue('--line').trim()
      const bars = uPlot.paths.bars?.({ size: [0.86, 60], align: 1 })
      const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: '11px system-ui, sans-serif' }
      // The highest sums first, so that each lower one covers its part.
      const order = series.map((_, i) => i).reverse()
      plot = new uPlot(
        {
          width: el.clientWidth, height, tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), 'Etc/UTC'), legend: { show: false },
          cursor: { drag: { x: Boolean(zoomed.current), y: false, setScale: false }, points: { show: false }, y: false },
          scales: { x: { time: true }, y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.05)] } },
          axes: [{ ...axis, values: (_u, splits) => ticks(splits) }, { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 1_000_000, 10_000_000] }],
          series: [{}, ...order.map((i) => ({ label: series[i]?.name, fill: colour(i), stroke: colour(i), width: 0, paths: bars, points: { show: false } }))],
          hooks: {
            setSelect: [
              (u) => {
                if (u.select.width > 4) zoomed.current?.(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'))
                u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
              },
            ],
          },
        },
        [times, ...order.map((i) => sums[i] ?? [])],
        el,
      )
    }
    draw()
    const sized = new ResizeObserver(() => plot?.setSize({ width: el.clientWidth, height }))
    sized.observe(el)
    window.addEventListener('themechange', draw)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', draw)
    return () => {
      sized.disconnect()
      window.removeEventListener('themechange', draw)
      scheme.removeEventListener('change', draw)
      plot?.destroy()
    }
  }, [times, series, sums, height])
  const total = series.map((s) => s.values.reduce((a, b) => a + b, 0))
  return (
    <figure className="bars">
      <div ref={box} role="img" aria-label={label} className="bars-plot" />
      <figcaption>
        <ul className="row wrap small">
          {series.map((s, i) => (
            <li key={s.name} className="row">
              <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
                <rect width="10" height="10" rx="2" fill={`var(--chart${(i % colours) + 1})`} />
              </svg>
              {s.name} <span className="muted num">{total[i]}</span>
            </li>
          ))}
        </ul>
        <details className="small">
          <summary>As a table</summary>
          <div className="scroll-x">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">From (UTC)</th>
                  {series.map((s) => (
                    <th scope="col" className="right" key={s.name}>
                      {s.name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {times.map((t, row) => {
                  if (series.every((s) => !s.values[row])) return null
                  const at = new Date(t * 1000).toISOString()
                  return (
                    <tr key={t}>
                      <td>
                        {dayOf(at)} {clockOf(at).slice(0, 5)}
                      </td>
                      {series.map((s) => (
                        <td className="right num" key={s.name}>
                          {s.values[row]}
                        </td>
                      ))}
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        </details>
      </figcaption>
    </figure>
  )
}
