// The map itself: a table of cells through which one goes with the arrow keys.
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { clockOf, dayOf, visible } from '../../format'
import { marks, words, type Cell, type Line } from './heat'

const moves: Record<string, [number, number]> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

function nameOf(l: Line): string {
  return visible([l.node, l.source].filter(Boolean).join(', ') || l.role)
}

export function HeatMap({ lines, open }: { lines: Line[]; open: (line: Line, cell: Cell) => void }) {
  const columns = lines[0]?.cells ?? []
  const [at, setAt] = useState<[number, number]>([0, Math.max(0, columns.length - 1)])
  const move = (e: KeyboardEvent<HTMLTableElement>) => {
    const m = moves[e.key]
    if (!m) return
    e.preventDefault()
    const [row = 0, column = 0] = ((e.target as HTMLElement).dataset['cell'] ?? at.join('-')).split('-').map(Number)
    const to: [number, number] = [Math.max(0, Math.min(lines.length - 1, row + m[0])), Math.max(0, Math.min(columns.length - 1, column + m[1]))]
    setAt(to)
    e.currentTarget.querySelector<HTMLButtonElement>(`[data-cell="${to[0]}-${to[1]}"]`)?.focus()
  }
  const box = useRef<HTMLDivElement>(null)
  // What is latest is looked for first, on narrow screens too.
  useEffect(() => {
    if (box.current) box.current.scrollLeft = box.current.scrollWidth
  }, [columns.length])
  return (
    <div className="scroll-x" ref={box}>
      <table className="heat" onKeyDown={move} aria-label="Sources over time">
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden">Source</span>
            </th>
            {columns.map((c, i) => {
              const time = new Date(c.at).toISOString()
              return i % 6 === 0 ? (
                <th key={c.at} scope="colgroup" colSpan={Math.min(6, columns.length - i)} title={`${dayOf(time)} UTC`}>
                  {time.endsWith('T00:00:00.000Z') ? dayOf(time).replace(/ \d{4}$/, '') : clockOf(time).slice(0, 5)}
                </th>
              ) : null
            })}
          </tr>
        </thead>
        <tbody>
          {lines.map((l, row) => (
            <tr key={l.key}>
              <th scope="row" title={`${nameOf(l)} ${visible(l.cluster)}`}>
                {nameOf(l)} {l.cluster && <span className="muted">{visible(l.cluster)}</span>}
              </th>
              {l.cells.map((c, i) => (
                <td key={c.at}>
                  <button
                    type="button"
                    className={c.state}
                    data-cell={`${row}-${i}`}
                    data-state={c.state}
                    tabIndex={row === Math.min(at[0], lines.length - 1) && i === at[1] ? 0 : -1}
                    aria-label={`${nameOf(l)} at ${clockOf(new Date(c.at).toISOString()).slice(0, 5)}: ${words[c.state]}`}
                    onClick={() => {
                      setAt([row, i])
                      open(l, c)
                    }}
                  >
                    {marks[c.state]}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
