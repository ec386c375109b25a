import { useMemo, useState } from 'react'
import { visible } from '../../format'
import type { Facet } from './columns'
import type { Thing } from './things'

/** mostValues of a facet are shown; the chosen ones always. */
const mostValues = 8

export function FacetList({ facet, things, chosen, toggle }: { facet: Facet; things: Thing[]; chosen: Set<string>; toggle: (f: Facet, value: string) => void }) {
  const [all, setAll] = useState(false)
  const values = useMemo(() => {
    const n = new Map<string, number>()
    for (const t of things) for (const v of facet.of(t)) n.set(v, (n.get(v) ?? 0) + 1)
    return [...n].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
  }, [things, facet])
  if (values.length === 0) return null
  const shown = all ? values.slice(0, 200) : values.filter(([v], i) => i < mostValues || chosen.has(v))
  return (
    <fieldset className="facet">
      <legend>{facet.title}</legend>
      {shown.map(([v, n]) => (
        <label key={v} className="row">
          <input type="checkbox" checked={chosen.has(v)} onChange={() => toggle(facet, v)} />
          <span className="cut grow" title={visible(v)}>
            {visible(v)}
          </span>
          <span className="muted num small">{n.toLocaleString('en')}</span>
        </label>
      ))}
      {values.length > shown.length && (
        <button type="button" className="button quiet small" onClick={() => setAll(true)}>
          {(values.length - shown.length).toLocaleString('en')} more
        </button>
      )}
    </fieldset>
  )
}
