// What / opens: pages, incidents and findings by what stands in them.
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { get } from './api/client'
import type { Finding, Incident } from './api/schema'
import { visible } from './format'
import { pages } from './pages'
import { navigate } from './router'
import { Dialog, Mark } from './ui/parts'

interface Hit {
  to: string
  kind: string
  text: string
  level?: Incident['severity']
}

/** most hits of one kind. */
const most = 8

export function Search({ close }: { close: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const wanted = useDeferredValue(text.trim().toLowerCase())
  const list = useRef<HTMLUListElement>(null)
  const incidents = useQuery({ queryKey: ['incidents', 'search'], queryFn: () => get<{ incidents: Incident[] }>('/incidents', { limit: 500 }) })
  const findings = useQuery({ queryKey: ['findings', 'search'], queryFn: () => get<{ findings: Finding[] }>('/findings', { limit: 1000 }) })

  const has = (...parts: string[]) => parts.some((p) => p.toLowerCase().includes(wanted))
  const hits: Hit[] = pages.filter((p) => has(p.name)).map((p) => ({ to: p.path, kind: 'Page', text: p.name }))
  if (wanted) {
    for (const i of (incidents.data?.incidents ?? []).filter((i) => has(i.id, i.title, i.user, i.namespace)).slice(0, most)) {
      hits.push({ to: `/incidents/${i.id}`, kind: 'Incident', text: i.title, level: i.severity })
    }
    for (const f of (findings.data?.findings ?? []).filter((f) => has(f.id, f.title, f.user, f.about, f.namespace, f.workload)).slice(0, most)) {
      hits.push({ to: f.incident ? `/incidents/${f.incident}?finding=${f.id}` : `/findings?finding=${f.id}`, kind: 'Finding', text: `${f.title}: ${f.user} ${f.about}`, level: f.severity })
    }
  }
  const chosen = Math.min(at, hits.length - 1)
  useEffect(() => {
    void list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const go = (hit: Hit | undefined) => {
    if (!hit) return
    close()
    navigate(hit.to)
  }
  const press = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0
    if (step) {
      e.preventDefault()
      setAt(Math.max(0, Math.min(hits.length - 1, chosen + step)))
    } else if (e.key === 'Enter') go(hits[chosen])
    else if (e.key === 'Escape') {
      // A browser would empty the field first.
      e.preventDefault()
      close()
    }
  }
  return (
    <Dialog title="Search" close={close}>
      <div className="stack">
        <input
          className="field full"
          type="search"
          data-first=""
          value={text}
          placeholder="An incident, a finding, somebody, a pod, an address"
          aria-label="Search for"
          role="combobox"
          aria-expanded="true"
          aria-controls="hits"
          aria-activedescendant={hits.length > 0 ? `hit-${chosen}` : undefined}
          onChange={(e) => {
            setText(e.target.value)
            setAt(0)
          }}
          onKeyDown={press}
        />
        <ul id="hits" role="listbox" aria-label="Found" className="hits" ref={list}>
          {hits.map((h, i) => (
            <li key={h.kind + h.to} id={`hit-${i}`} role="option" aria-selected={i === chosen} onClick={() => go(h)}>
              <span className="muted small hit-kind">{h.kind}</span>
              {h.level && <Mark level={h.level} />}
              <span className="cut">{visible(h.text)}</span>
            </li>
          ))}
        </ul>
        {hits.length === 0 && <p className="muted">Nothing of that is among the latest incidents and findings.</p>}
      </div>
    </Dialog>
  )
}
