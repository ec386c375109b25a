import { useState, type ReactNode } from 'react'

/** FacetBox holds facets. Where there is little room they are folded away at first, unless something of them is chosen. */
export function FacetBox({ chosen, children }: { chosen: number; children: ReactNode }) {
  const [open, setOpen] = useState(() => chosen > 0 || !matchMedia('(max-width: 760px)').matches)
  return (
    <aside className="panel facets" aria-label="Facets">
      <button type="button" className="facet-title facets-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        Narrow down{chosen > 0 ? ` (${chosen} chosen)` : ''}
      </button>
      {open && children}
    </aside>
  )
}
