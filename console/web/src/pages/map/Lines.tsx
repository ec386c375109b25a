// The same map as a table: every link of what is looked at, sorted as one likes.
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { nameOf } from '../../format'
import { Severity, Time } from '../../ui/parts'
import type { Severity as Level } from '../../api/schema'
import { bytes, connections, graver, type Link, type View } from './model'
import { bytesOf } from './sizes'

type Column = 'src' | 'dst' | 'connections' | 'bytes' | 'requests' | 'refused' | 'new' | 'found' | 'last'

const columns: [Column, string, string][] = [
  ['src', 'From', 'm-end'],
  ['dst', 'To', 'm-end'],
  ['connections', 'Connections', 'm-num m-wide'],
  ['bytes', 'Data', 'm-num'],
  ['requests', 'Requests', 'm-num'],
  ['refused', 'Refused', 'm-num'],
  ['new', 'New', 'm-num'],
  ['found', 'Found', 'm-found'],
  ['last', 'Last', 'm-time'],
]

const collator = new Intl.Collator('en', { numeric: true })

const rowHeight = 34

function compare(view: View, by: Column): (a: Link, b: Link) => number {
  const name = (id: string) => view.items.get(id)?.label ?? ''
  switch (by) {
    case 'src':
      return (a, b) => collator.compare(name(b.src), name(a.src))
    case 'dst':
      return (a, b) => collator.compare(name(b.dst), name(a.dst))
    case 'connections':
      return (a, b) => connections(a) - connections(b)
    case 'bytes':
      return (a, b) => bytes(a) - bytes(b)
    case 'requests':
      return (a, b) => a.requests - b.requests
    case 'refused':
      return (a, b) => a.refused - b.refused
    case 'new':
      return (a, b) => a.fresh - b.fresh
    case 'found':
      return (a, b) => (a.severity === b.severity ? a.found - b.found : graver(a.severity, b.severity) === a.severity ? 1 : -1)
    case 'last':
      return (a, b) => (a.last < b.last ? -1 : a.last > b.last ? 1 : 0)
  }
}

export const Lines = memo(function Lines({ view, chosen, choose }: { view: View; chosen: string; choose: (id: string) => void }) {
  const [sort, setSort] = useState<{ by: Column; up: boolean }>({ by: 'found', up: false })
  const lines = useMemo(() => {
    const c = compare(view, sort.by)
    const list = [...view.links].sort((a, b) => (sort.up ? c(a, b) : c(b, a)))
    return list
  }, [view, sort])
  // What no line has is no column.
  const has = useMemo(() => {
    const any = (holds: (l: Link) => unknown) => view.links.some((l) => Boolean(holds(l)))
    const there: Partial<Record<Column, boolean>> = { connections: any(connections), bytes: any(bytes), requests: any((l) => l.requests), refused: any((l) => l.refused), new: any((l) => l.fresh) }
    return (c: Column) => there[c] !== false
  }, [view])
  const shown = columns.filter(([c]) => has(c))
  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 10 })
  const [at, setAt] = useState(0)
  const press = (e: KeyboardEvent) => {
    const step = e.key === 'j' || e.key === 'ArrowDown' ? 1 : e.key === 'k' || e.key === 'ArrowUp' ? -1 : 0
    const to = at + step
    if (!step || !lines[to]) return
    e.preventDefault()
    setAt(to)
    rows.scrollToIndex(to)
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-line="${to}"] button`)?.focus())
  }
  return (
    <div role="table" aria-label="Who talks to whom" aria-rowcount={lines.length + 1} className="map-table" onKeyDown={press}>
      <div role="rowgroup">
        <div role="row" className="map-row map-head">
          {shown.map(([by, title, css]) => (
            <span key={by} role="columnheader" className={css} aria-sort={sort.by === by ? (sort.up ? 'ascending' : 'descending') : 'none'}>
              <button type="button" className="link" onClick={() => setSort({ by, up: sort.by === by ? !sort.up : false })}>
                {title}
                <span aria-hidden="true">{sort.by === by ? (sort.up ? ' ↑' : ' ↓') : ''}</span>
              </button>
            </span>
          ))}
        </div>
      </div>
      <div className="map-lines" ref={box} role="rowgroup" tabIndex={0} aria-label="Rows">
        <div className="virtual-inner" role="presentation" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((v) => {
            const l = lines[v.index]
            const src = l && view.items.get(l.src)
            const dst = l && view.items.get(l.dst)
            if (!l || !src || !dst) return null
            return (
              <div key={v.key} role="row" aria-rowindex={v.index + 2} data-line={v.index} aria-selected={l.id === chosen} className={`map-row line${l.id === chosen ? ' chosen' : ''}`} style={{ transform: `translateY(${v.start}px)` }}>
                <span role="cell" className="m-end cut">
                  <button type="button" className="link" onFocus={() => setAt(v.index)} onClick={() => choose(l.id)} title={src.label}>
                    {nameOf(src.label)}
                  </button>{' '}
                  <span className="muted small">{src.what}</span>
                </span>
                <span role="cell" className="m-end cut" title={dst.label}>
                  {nameOf(dst.label)} <span className="muted small">{dst.what}</span>
                </span>
                {has('connections') && <span role="cell" className="m-num m-wide num">{connections(l) ? connections(l).toLocaleString('en') : ''}</span>}
                {has('bytes') && <span role="cell" className="m-num num">{bytes(l) ? bytesOf(bytes(l)) : ''}</span>}
                {has('requests') && <span role="cell" className="m-num num">{l.requests ? l.requests.toLocaleString('en') : ''}</span>}
                {has('refused') && <span role="cell" className="m-num num">{l.refused ? `× ${l.refused.toLocaleString('en')}` : ''}</span>}
                {has('new') && <span role="cell" className="m-num num">{l.fresh ? (l.fresh === l.edges.length ? '+ new' : `+ ${l.fresh} of ${l.edges.length}`) : ''}</span>}
                <span role="cell" className="m-found">{l.severity ? <Severity level={l.severity as Level} /> : null}</span>
                <span role="cell" className="m-time small muted">
                  <Time at={l.last} />
                </span>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
})
