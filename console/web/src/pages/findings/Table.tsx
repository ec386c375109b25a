import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef, useState } from 'react'
import type { Finding } from '../../api/schema'
import { count, nameOf, visible } from '../../format'
import { Severity, Time } from '../../ui/parts'
import { Status } from '../../ui/Status'
import type { FindingGroup } from '../../api/schema'
import { none } from './filter'
import type { Line } from './lines'

const rowHeight = 38

export interface TableActs {
  open: (id: string) => void
  pick: (findings: Finding[], on: boolean) => void
  pickGroup: (group: FindingGroup, on: boolean) => void
  unfold: (value: string) => void
  only: (value: string) => void
  more: () => void
}

interface Props {
  lines: Line[]
  total: number
  by: string
  stale: boolean
  able: boolean
  picked: (id: string) => boolean
  groupPicked: (group: FindingGroup) => boolean
  acts: TableActs
}

export function Table({ lines, total, by, stale, able, picked, groupPicked, acts }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(-1)
  const last = useRef(-1)
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 10 })
  const { scrollToIndex } = rows
  const items = rows.getVirtualItems()
  const end = items[items.length - 1]?.index ?? 0
  const { more } = acts
  useEffect(() => {
    if (!by && lines.length > 0 && end >= lines.length - 60) more()
  }, [by, end, lines.length, more])
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      const typed = e.target instanceof HTMLInputElement ? e.target.type !== 'checkbox' : e.target instanceof HTMLSelectElement || e.target instanceof HTMLTextAreaElement
      if (e.ctrlKey || e.metaKey || e.altKey || typed || document.querySelector('dialog[open]')) return
      const step = e.key === 'j' ? 1 : e.key === 'k' ? -1 : 0
      const line = lines[at]
      if (e.key === 'x' && able && line?.kind === 'finding') acts.pick([line.finding], !picked(line.finding.id))
      if (e.key === 'x' && able && line?.kind === 'group') acts.pickGroup(line.group, !groupPicked(line.group))
      if (!step) return
      const to = Math.max(0, at + step)
      if (!lines[to]) return
      setAt(to)
      scrollToIndex(to)
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-line="${to}"] button`)?.focus())
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [at, lines, scrollToIndex, able, acts, picked, groupPicked])
  /** pickTo picks a line, with shift all since the one before. */
  const pickTo = (index: number, f: Finding, on: boolean, range: boolean) => {
    const from = range && last.current >= 0 ? Math.min(last.current, index) : index
    const to = range && last.current >= 0 ? Math.max(last.current, index) : index
    last.current = index
    acts.pick(range ? lines.slice(from, to + 1).flatMap((l) => (l.kind === 'finding' ? [l.finding] : [])) : [f], on)
  }
  return (
    <div className={stale ? 'virtual stale' : 'virtual'} ref={box} role="table" aria-label="Findings" aria-rowcount={total} aria-busy={stale} tabIndex={0}>
      <div role="rowgroup" className="virtual-inner" style={{ height: rows.getTotalSize() }}>
        {items.map((v) => {
          const line = lines[v.index]
          if (!line) return null
          return (
            <div key={v.key} role="row" aria-rowindex={v.index + 1} data-line={v.index} className={`virtual-row${line.kind === 'group' ? ' head' : ''}`} style={{ transform: `translateY(${v.start}px)` }}>
              {line.kind === 'finding' && (
                <FindingCells f={line.finding} able={able} on={picked(line.finding.id)} open={acts.open} pick={(on, range) => pickTo(v.index, line.finding, on, range)} />
              )}
              {line.kind === 'group' && <GroupCells line={line} by={by} able={able} on={groupPicked(line.group)} acts={acts} />}
              {line.kind === 'more' && (
                <span role="cell" className="grow">
                  <button type="button" className="link" onClick={() => acts.only(line.group.value)}>
                    All {count(line.group.count, 'finding')} of this group
                  </button>
                </span>
              )}
              {line.kind === 'reading' && (
                <span role="cell" className="muted small">
                  more are being read
                </span>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

const FindingCells = memo(
  function FindingCells({ f, able, on, open, pick }: { f: Finding; able: boolean; on: boolean; open: (id: string) => void; pick: (on: boolean, range: boolean) => void }) {
    return (
      <>
        {able && (
          <span role="cell" className="c-pick">
            <input type="checkbox" aria-label={`Select ${visible(f.title)}`} checked={on} onChange={() => undefined} onClick={(e) => pick(!on, e.shiftKey)} />
          </span>
        )}
        <span role="cell" className="c-time small muted">
          <Time at={f.last_seen} />
        </span>
        <span role="cell" className="c-severity">
          <Severity level={f.severity} />
        </span>
        <span role="cell" className="c-title row">
          <button type="button" className="link" onClick={() => open(f.id)}>
            {visible(f.title)}
          </button>
          {f.status !== 'open' && <Status status={f.status} />}
          {f.assignee && (
            <span className="chip cut" title="works on it">
              {visible(f.assignee)}
            </span>
          )}
          {f.excluded && <span className="chip">excluded</span>}
          {f.grown && <span className="chip status-open">seen again</span>}
        </span>
        <span role="cell" className="c-who cut" title={f.user}>
          {nameOf(f.user)}
        </span>
        <span role="cell" className="c-what cut muted" title={f.about}>
          {visible(f.about)}
        </span>
        <span role="cell" className="c-count num right muted">
          {f.count > 1 ? `×${f.count.toLocaleString('en')}` : ''}
        </span>
      </>
    )
  },
  (a, b) => a.f === b.f && a.on === b.on && a.able === b.able,
)

function GroupCells({ line, by, able, on, acts }: { line: Line & { kind: 'group' }; by: string; able: boolean; on: boolean; acts: TableActs }) {
  const g = line.group
  const name = g.value === none ? 'none' : by === 'user' ? nameOf(g.value) : visible(g.title || g.value)
  return (
    <>
      {able && (
        <span role="cell" className="c-pick">
          <input type="checkbox" aria-label={`Select all of ${name}`} checked={on} onChange={() => acts.pickGroup(g, !on)} />
        </span>
      )}
      <span role="cell" className="grow cut">
        <button type="button" className="link group-name" aria-expanded={line.open} onClick={() => acts.unfold(g.value)}>
          <span aria-hidden="true">{line.open ? '▾' : '▸'}</span> {name}
        </button>
      </span>
      <span role="cell" className="c-severity">
        <Severity level={g.severity} />
      </span>
      <span role="cell" className="c-sum num right">
        {count(g.count, 'finding')} <span className="muted small">{g.open < g.count ? `${g.open.toLocaleString('en')} not closed` : ''}</span>
      </span>
      <span role="cell" className="c-time small muted">
        <Time at={g.last_seen} />
      </span>
    </>
  )
}
