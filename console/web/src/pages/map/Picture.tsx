// The picture of the map. What is drawn is bounded; what the pointer is on is drawn over the rest, so that nothing else changes.
import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { count } from '../../format'
import { box, curve, lay, most, next, type Layout, type Memory, type Placed } from './layout'
import { bytes, often, verdictOf, type Link, type View } from './model'
import { bytesOf, short } from './sizes'

export type Measure = 'often' | 'bytes'

/** smallest is how far a picture shrinks to its window before one has to scroll. */
const smallest = 0.76

/** widest is how broad the line of the most is, in pixels: the narrower, the more lines there are. */
function widest(links: number): number {
  return links <= 40 ? 7 : links <= 120 ? 4.5 : 3
}

function amount(l: Link, by: Measure): number {
  return by === 'bytes' ? bytes(l) : often(l)
}

/** said is what a link is, in words. */
export function said(l: Link, src: string, dst: string): string {
  const parts = [`${src} to ${dst}`]
  if (l.opened || l.accepted) parts.push(count(Math.max(l.opened, l.accepted), 'connection'), bytesOf(bytes(l)))
  if (l.requests) parts.push(count(l.requests, 'request'))
  if (l.refused) parts.push(`${l.refused} refused`)
  if (l.fresh) parts.push(l.fresh === l.edges.length ? 'new' : `${l.fresh} of ${l.edges.length} new`)
  if (l.found) parts.push(`found by rules: ${l.severity}`)
  return parts.join(', ')
}

/** mostly says that at least half of what a link stands for was refused. */
function mostly(l: Link): boolean {
  return l.refused > 0 && 2 * l.refused >= often(l)
}

const letters = 22

function cut(label: string): string {
  return label.length <= letters ? label : `${label.slice(0, letters / 2)}…${label.slice(-(letters / 2 - 1))}`
}

/** Sign marks what stands out of a link, by its shape as by its colour. */
function Sign({ x, y, link }: { x: number; y: number; link: Link }) {
  const verdict = verdictOf(link)
  if (!verdict) return null
  return (
    <g className={`sign ${verdict} ${verdict === 'found' ? link.severity : ''}`} transform={`translate(${x} ${y})`}>
      {verdict === 'found' && <path d="M0-6.500L6.500 0 0 6.500-6.500 0z" />}
      {verdict === 'refused' && (
        <>
          <circle r="6" />
          <path d="M-2.600-2.600L2.600 2.600M2.600-2.600L-2.600 2.600" />
        </>
      )}
      {verdict === 'new' && (
        <>
          <circle r="6" />
          <path d="M0-3.200V3.200M-3.200 0H3.200" />
        </>
      )}
    </g>
  )
}

function Line({ link, by, top, wide, measure, on }: { link: Link; by: Layout['by']; top: number; wide: number; measure: Measure; on?: boolean }) {
  const a = by.get(link.src)
  const b = by.get(link.dst)
  if (!a || !b) return null
  const c = curve(a, b)
  const n = amount(link, measure)
  const width = 1 + (wide - 1) * (top > 0 ? Math.log1p(n) / Math.log1p(top) : 0)
  return (
    <g className={`tie ${verdictOf(link)} ${link.severity}${mostly(link) ? ' broken' : ''}${on ? ' on' : ''}`} data-link={link.id}>
      <path d={c.d} strokeWidth={on ? width + 1 : width}>
        <title>{said(link, a.label, b.label)}</title>
      </path>
      <Sign x={c.x} y={c.y} link={link} />
    </g>
  )
}

const Ties = memo(function Ties({ layout, measure, top, choose }: { layout: Layout; measure: Measure; top: number; choose: (id: string) => void }) {
  const wide = widest(layout.links.length)
  return (
    <g className={layout.links.length > 60 ? 'ties many' : 'ties'} onClick={(e) => {
      const id = (e.target as Element).closest('[data-link]')?.getAttribute('data-link')
      if (id) choose(id)
    }}>
      {layout.links.map((l) => (
        <Line key={l.id} link={l} by={layout.by} top={top} wide={wide} measure={measure} />
      ))}
    </g>
  )
})

const Boxes = memo(function Boxes({ items, start }: { items: Placed[]; start: string }) {
  return (
    <g className="boxes">
      {items.map((i) => (
        <g key={i.id} data-item={i.id} className={`end k-${i.kind}`} transform={`translate(${i.x} ${i.y})`} role="button" tabIndex={i.id === start ? 0 : -1}>
          <title>{`${i.label}, ${i.what}${i.size > 1 ? `, ${count(i.size, 'end')}` : ''}${i.into ? ', look inside' : ''}`}</title>
          <rect width={box.width} height={box.height} rx={i.kind === 'namespace' || i.kind === 'group' ? 4 : i.kind === 'external' || i.kind === 'unknown' || i.kind === 'user' ? 17 : 6} />
          <text x="12" y="15" aria-hidden="true">
            {cut(i.label)}
          </text>
          <text className="what" x="12" y="28.500" aria-hidden="true">
            {cut(i.what)}
            {i.size > 1 && i.kind !== 'rest' ? ` · ${short(i.size)}` : ''}
          </text>
        </g>
      ))}
    </g>
  )
})

export const Picture = memo(function Picture({ view, measure, chosen, choose, into, up, hands }: { view: View; measure: Measure; chosen: string; choose: (id: string) => void; into: (at: string) => void; up: () => string; hands: { current: string | null } }) {
  const memory = useRef<Memory>(new Map()).current
  const layout = useMemo(() => lay(view, memory), [view, memory])
  const [over, setOver] = useState('')
  const svg = useRef<SVGSVGElement>(null)
  const top = useMemo(() => Math.max(0, ...layout.links.map((l) => amount(l, measure))), [layout, measure])
  const active = useMemo(() => view.links.filter((l) => l.id === chosen || (over !== '' && (l.id === over || l.src === over || l.dst === over))).slice(0, most.marked), [view, chosen, over])
  const ends = active.filter((l) => l.id === chosen).flatMap((l) => [layout.by.get(l.src), layout.by.get(l.dst)])
  // Who came by the keyboard goes on by it: the focus is on what was left, else on the first.
  useEffect(() => {
    const left = hands.current
    hands.current = null
    if (left === null) return
    const to = layout.items.find((i) => left !== '' && i.into === left) ?? layout.items[0]
    if (to) svg.current?.querySelector<SVGGElement>(`[data-item="${CSS.escape(to.id)}"]`)?.focus()
    // Only when it is shown first: later it is wherever it was put.
  }, [])
  const itemAt = (t: EventTarget) => layout.by.get((t as Element).closest('[data-item]')?.getAttribute('data-item') ?? '')
  const open = (i: Placed | undefined) => {
    if (i?.into) into(i.into)
  }
  const press = (e: KeyboardEvent) => {
    const i = itemAt(e.target)
    if (e.key === 'Backspace' || e.key === 'Escape') {
      e.preventDefault()
      hands.current = up() || null
    } else if (i && (e.key === 'Enter' || e.key === ' ')) {
      e.preventDefault()
      if (i.into) hands.current = ''
      open(i)
    } else if (i && e.key.startsWith('Arrow')) {
      e.preventDefault()
      const to = next(layout.items, i, e.key)
      if (to) svg.current?.querySelector<SVGGElement>(`[data-item="${CSS.escape(to.id)}"]`)?.focus()
    }
  }
  const hover = (t: EventTarget) => {
    const el = (t as Element).closest('[data-item],[data-link]')
    setOver(el?.getAttribute('data-item') ?? el?.getAttribute('data-link') ?? '')
  }
  const width = layout.width + 10
  return (
    <div className="scroll-x map-box">
      <svg
        ref={svg}
        className={`map${active.length > 0 ? ' looking' : ''}`}
        role="group"
        aria-label="Who talks to whom. Arrow keys go from one to the next, Enter looks inside, Backspace goes back."
        style={{ width: '100%', maxWidth: width, minWidth: Math.round(width * smallest) }}
        viewBox={`-6 -2 ${width} ${layout.height + 8}`}
        onMouseOver={(e) => hover(e.target)}
        onMouseLeave={() => setOver('')}
        onFocus={(e) => hover(e.target)}
        onBlur={() => setOver('')}
        onClick={(e) => open(itemAt(e.target))}
        onKeyDown={press}
      >
        {layout.heads.map((h) => (
          <text key={h.title} className="head" x={h.x + 2} y={12}>
            {h.title}
          </text>
        ))}
        <Ties layout={layout} measure={measure} top={top} choose={choose} />
        <g className="over" pointerEvents="none">
          {active.map((l) => (
            <Line key={l.id} link={l} by={layout.by} top={top} wide={widest(layout.links.length)} measure={measure} on />
          ))}
        </g>
        <Boxes items={layout.items} start={layout.items[0]?.id ?? ''} />
        {ends.map((i) => i && <rect key={i.id} className="ring" x={i.x - 2} y={i.y - 2} width={box.width + 4} height={box.height + 4} rx="8" />)}
      </svg>
      {layout.left > 0 && <p className="small muted">{count(layout.left, 'weaker line')} of many stand in the table only, or show when the pointer or the focus is on an end.</p>}
    </div>
  )
})
