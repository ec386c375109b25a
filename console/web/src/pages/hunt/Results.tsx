import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import type { Column } from '../../api/schema'
import { visible } from '../../format'
import { Dialog } from '../../ui/parts'
import { Document } from '../../ui/FindingDetail'
import { behind as whoIs, condition, shown } from './values'

const rowHeight = 30
/** widest is the most letters that a column is made wide for. */
const widest = 46

/** longest is how much of a value a cell holds; the whole of it is one click away. */
const longest = 160

const numeric = (c: Column) => ['int', 'long', 'real', 'decimal'].includes(c.type)

/** aboutEvent says that a column tells of the event itself: its id, and how and when it came. */
const aboutEvent = (c: Column) => c.name.startsWith('metadata.') || c.name === 'received_time'

/** written is a value as a cell has it: times without the zeros at their ends. */
function written(c: Column, v: unknown): string {
  const text = shown(v).slice(0, longest)
  return c.type === 'datetime' ? text.replace('T', ' ').replace(/\.?0*Z$/, '') : text
}

/** Results are rows of an answer. A cell opens what can be done with its value; columns without any value are left out of wide answers. */
export function Results({ columns, rows, filter, behind, pivot }: { columns: Column[]; rows: unknown[][]; filter: (c: Column, v: unknown, not: boolean) => void; behind: (params: Record<string, string>) => void; pivot: (v: unknown) => void }) {
  const box = useRef<HTMLDivElement>(null)
  const [cell, setCell] = useState<[number, number] | null>(null)
  const shownColumns = useMemo(() => {
    const kept = columns.map((c, i) => ({ c, i })).filter(({ i }) => columns.length < 13 || rows.slice(0, 500).some((r) => shown(r[i]) !== ''))
    // Of whole events, how each came is told after what it says.
    const whole = columns[0]?.name === 'metadata.uid' && columns.some((c) => c.name === 'metadata.revision')
    return whole ? [...kept.filter(({ c }) => !aboutEvent(c)), ...kept.filter(({ c }) => aboutEvent(c))] : kept
  }, [columns, rows])
  const widths = useMemo(
    () =>
      shownColumns.map(({ c, i }) => {
        let most = c.name.length
        for (const r of rows.slice(0, 100)) most = Math.max(most, Math.min(widest, written(c, r[i]).length))
        return Math.round(most * 7.6) + 22
      }),
    [shownColumns, rows],
  )
  const lines = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 10 })
  const width = widths.reduce((a, b) => a + b, 0)
  const left = columns.length - shownColumns.length
  const open = cell && { column: columns[cell[1]], value: rows[cell[0]]?.[cell[1]], row: rows[cell[0]] }
  return (
    <>
      <div className="results" ref={box} tabIndex={0} role="table" aria-label="Rows" aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className="results-head" style={{ minWidth: width }}>
          <div role="row" className="results-row">
            {shownColumns.map(({ c }, n) => (
              <span role="columnheader" key={c.name} style={{ width: widths[n] }} className={numeric(c) ? 'right' : undefined} title={c.type}>
                {visible(c.name)}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="virtual-inner" style={{ height: lines.getTotalSize(), minWidth: width }}>
          {lines.getVirtualItems().map((v) => (
            <div key={v.key} role="row" aria-rowindex={v.index + 2} className="results-row line" style={{ transform: `translateY(${v.start}px)` }}>
              {shownColumns.map(({ c, i }, n) => (
                <span role="cell" key={c.name} style={{ width: widths[n] }} className={numeric(c) ? 'right' : undefined}>
                  <button type="button" onClick={() => setCell([v.index, i])}>
                    {visible(written(c, rows[v.index]?.[i])) || <span className="hidden">empty</span>}
                  </button>
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
      {left > 0 && <p className="muted small hunt-notes">{left} columns without a value are left out.</p>}
      {open?.column && (
        <Dialog title={visible(open.column.name)} close={() => setCell(null)}>
          <CellMenu
            column={open.column}
            value={open.value}
            row={Object.fromEntries(columns.map((c, i) => [c.name, open.row?.[i]]))}
            filter={(not) => {
              setCell(null)
              if (open.column) filter(open.column, open.value, not)
            }}
            behind={(params) => {
              setCell(null)
              behind(params)
            }}
            pivot={() => {
              setCell(null)
              pivot(open.value)
            }}
          />
        </Dialog>
      )}
    </>
  )
}

function CellMenu({ column, value, row, filter, behind, pivot }: { column: Column; value: unknown; row: Record<string, unknown>; filter: (not: boolean) => void; behind: (params: Record<string, string>) => void; pivot: () => void }) {
  const text = shown(value)
  const who = whoIs(column, value)
  return (
    <div className="stack wide">
      {typeof value === 'object' && value !== null ? <Document value={value} /> : <p className="mono">{visible(text) || <span className="muted">empty</span>}</p>}
      <div className="row wrap">
        {condition(column, value, false) && (
          <>
            <button type="button" className="button" onClick={() => filter(false)}>
              Only this
            </button>
            <button type="button" className="button" onClick={() => filter(true)}>
              Without this
            </button>
          </>
        )}
        {typeof value === 'string' && value !== '' && column.type === 'string' && (
          <button type="button" className="button main-action" onClick={pivot}>
            Everything with it
          </button>
        )}
        {who && (
          <button type="button" className="button" onClick={() => behind(who)}>
            Who is behind it?
          </button>
        )}
      </div>
      <details>
        <summary>The whole row</summary>
        <Document value={Object.fromEntries(Object.entries(row).filter(([, v]) => shown(v) !== ''))} />
      </details>
    </div>
  )
}
