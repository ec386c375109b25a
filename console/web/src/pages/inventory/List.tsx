import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { nameOf, visible } from '../../format'
import { Link } from '../../router'
import { columns } from './columns'
import type { Known } from './data'
import { inOrder, kinds, link, type Frame, type Kind, type Thing } from './things'

const rowHeight = 38

/** List shows things of a kind, as many as there are, and only draws those in sight. */
export function List({ kind, things, known, frame, order, setOrder }: { kind: Kind; things: Thing[]; known: Known; frame: Frame; order: string; setOrder: (v: string) => void }) {
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(-1)
  const sorted = useMemo(() => sort(kind, things, known, order), [kind, things, known, order])
  const rows = useVirtualizer({ count: sorted.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 })
  const { scrollToIndex } = rows
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement || document.querySelector('dialog[open]')) return
      const step = e.key === 'j' ? 1 : e.key === 'k' ? -1 : 0
      const to = at + step
      if (!step || !sorted[to]) return
      setAt(to)
      scrollToIndex(to)
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-line="${to}"] a`)?.focus())
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [at, sorted, scrollToIndex])
  // A column that says the same in every row, or nothing in any, says nothing.
  const shown = useMemo(() => columns[kind].filter((c) => (c.name === 'Cluster' ? known.snapshot.lists.clusters.length > 1 : things.some((t) => c.show(t, known) !== ''))), [kind, things, known])
  const turn = (name: string) => setOrder(order === name ? `-${name}` : order === `-${name}` ? '' : name)
  const head = (name: string, sortable: boolean) =>
    sortable ? (
      <button type="button" className="sort" onClick={() => turn(name)}>
        {name}
        {order === name ? ' ↑' : order === `-${name}` ? ' ↓' : ''}
      </button>
    ) : (
      name
    )
  const direction = (name: string) => (order === name ? 'ascending' : order === `-${name}` ? 'descending' : undefined)
  return (
    <div className="virtual things" ref={box} role="table" aria-label={`${kinds[kind]} list`} aria-rowcount={sorted.length + 1} tabIndex={0}>
      <div role="rowgroup" className="things-head">
        <div role="row" className="things-row" aria-rowindex={1}>
          <span role="columnheader" className="grow" aria-sort={direction('Name')}>
            {head('Name', true)}
          </span>
          {shown.map((c) => (
            <span key={c.name} role="columnheader" className={classes(c)} aria-sort={direction(c.name)}>
              {head(c.name, Boolean(c.sort))}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="virtual-inner" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((v) => {
          const t = sorted[v.index]
          if (!t) return null
          return (
            <div key={v.key} role="row" aria-rowindex={v.index + 2} data-line={v.index} className="virtual-row things-row" style={{ transform: `translateY(${v.start}px)` }}>
              <span role="cell" className="grow cut" title={t.name}>
                <Link to={link(t, frame)}>{t.kind === 'accounts' ? nameOf(t.name) : visible(t.name) || '(a cluster that is not named)'}</Link>
              </span>
              {shown.map((c) => (
                <span key={c.name} role="cell" className={`cut ${classes(c)}`}>
                  {c.show(t, known)}
                </span>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function classes(c: { size: string; wide?: boolean; number?: boolean }): string {
  return `${c.size}${c.wide ? ' hide-medium' : ''}${c.number ? ' num right' : ''} small`
}

function sort(kind: Kind, things: Thing[], known: Known, order: string): Thing[] {
  const down = order.startsWith('-')
  const name = down ? order.slice(1) : order
  if (!name) return things
  const by = name === 'Name' ? (t: Thing) => t.name : columns[kind].find((c) => c.name === name)?.sort
  if (!by) return things
  const keyed = things.map((t) => [by(t, known), t] as const)
  keyed.sort(([a], [b]) => (typeof a === 'number' && typeof b === 'number' ? a - b : inOrder(String(a), String(b))) * (down ? -1 : 1))
  return keyed.map(([, t]) => t)
}
