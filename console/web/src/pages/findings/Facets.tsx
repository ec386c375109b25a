import { memo, useState } from 'react'
import type { FindingSummary } from '../../api/schema'
import { nameOf, visible } from '../../format'
import { FacetBox } from '../../ui/FacetBox'
import { facets, none, type FacetName } from './filter'

type Facet = FindingSummary['facets'][number]

/** mostValues of a facet are shown at first; the chosen ones always. */
const mostValues = 6
/** folded are shown with their values only when asked for, or when something is chosen. */
const folded = new Set<string>(['node', 'assignee', 'joined', 'excluded', 'workload'])

export const Facets = memo(function Facets({ summary, chosen, toggle }: { summary: FindingSummary; chosen: Map<string, Set<string>>; toggle: (name: string, value: string) => void }) {
  const order = Object.keys(facets)
  const shown = [...summary.facets].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  return (
    <FacetBox chosen={[...chosen.values()].reduce((n, values) => n + values.size, 0)}>
      {shown.map((f) => (
        <FacetList key={f.name} facet={f} chosen={chosen.get(f.name) ?? new Set()} toggle={toggle} />
      ))}
    </FacetBox>
  )
})

function FacetList({ facet, chosen, toggle }: { facet: Facet; chosen: Set<string>; toggle: (name: string, value: string) => void }) {
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState(!folded.has(facet.name))
  const told = facet.values.filter((v) => v.value !== none || facet.name === 'assignee' || chosen.has(none))
  if (told.length < 2 && chosen.size === 0 && facet.name !== 'level' && facet.name !== 'status') return null
  const shown = all ? told : told.filter((v, i) => i < mostValues || chosen.has(v.value))
  const title = facets[facet.name as FacetName] ?? facet.name
  return (
    <fieldset className="facet">
      <legend>
        <button type="button" className="facet-title" aria-expanded={open || chosen.size > 0} onClick={() => setOpen(!open)}>
          {title}
        </button>
      </legend>
      {(open || chosen.size > 0) && (
        <>
          {shown.map((v) => {
            const name = v.value === none ? 'none' : facet.name === 'user' ? nameOf(v.value) : visible(v.title || v.value)
            return (
              <label key={v.value} className="row">
                <input type="checkbox" checked={chosen.has(v.value)} onChange={() => toggle(facet.name, v.value)} />
                <span className="cut grow" title={v.title ? `${v.title} (${v.value})` : v.value}>
                  {name}
                </span>
                <span className="muted num small">{v.count.toLocaleString('en')}</span>
              </label>
            )
          })}
          {told.length > shown.length && (
            <button type="button" className="button quiet small" onClick={() => setAll(true)}>
              {told.length - shown.length} more
            </button>
          )}
          {all && facet.others > 0 && <p className="muted small">and {facet.others.toLocaleString('en')} others: search for them above</p>}
        </>
      )}
    </fieldset>
  )
}
