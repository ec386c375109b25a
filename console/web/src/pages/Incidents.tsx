import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Failed, get } from '../api/client'
import type { Coverage, Incident } from '../api/schema'
import { count } from '../format'
import { navigate, useSearch } from '../router'
import { CoverageNote } from '../ui/Coverage'
import { Empty, Failure, Loading, rank } from '../ui/parts'
import { IncidentCard } from '../ui/IncidentCard'

interface Page {
  incidents: Incident[]
  next: string
  coverage?: Coverage
}

const statuses = ['', 'open', 'investigating', 'closed', 'merged']

export default function Incidents() {
  const [search, change] = useSearch()
  const filter = { status: search.get('status') ?? '', severity: search.get('severity') ?? '', since: search.get('since') ?? '', user: search.get('user') ?? '', namespace: search.get('namespace') ?? '', assignee: search.get('assignee') ?? '' }
  const filtered = Object.values(filter).some(Boolean)
  const list = useInfiniteQuery<Page, Failed, { pages: Page[] }, unknown[], string>({
    queryKey: ['incidents', filter],
    queryFn: ({ pageParam, signal }) => get<Page>('/incidents', { ...filter, limit: 100, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: 15_000,
  })
  const incidents = list.data?.pages.flatMap((p) => p.incidents) ?? []
  const sorted = search.get('order') === 'severity' ? [...incidents].sort((a, b) => rank(a.severity) - rank(b.severity)) : incidents
  const coverage = list.data?.pages[0]?.coverage
  useEffect(() => {
    document.title = 'Incidents · Lynceus'
  }, [])
  return (
    <>
      <div className="page-head">
        <h1>Incidents</h1>
        {incidents.length > 0 && (
          <p className="muted" aria-live="polite">
            {count(incidents.length, 'incident')}
            {list.hasNextPage ? ', and more' : ''}
          </p>
        )}
      </div>
      <div className="filters" role="search">
        <Choice label="Status" value={filter.status} values={statuses} any="any status" set={(status) => change({ status })} />
        <Choice label="At least" value={filter.severity} values={['', 'low', 'medium', 'high', 'critical']} any="any severity" set={(severity) => change({ severity })} />
        <Choice label="Last seen" value={filter.since} values={['', '1h', '24h', '7d', '30d']} any="any time" set={(since) => change({ since })} />
        <Choice label="Order" value={search.get('order') ?? ''} values={['', 'severity']} any="latest first" set={(order) => change({ order })} />
        <Word label="User" value={filter.user} set={(user) => change({ user })} />
        <Word label="Namespace" value={filter.namespace} set={(namespace) => change({ namespace })} />
        {filtered && (
          <button type="button" className="button quiet" onClick={() => navigate('/incidents')}>
            Show all
          </button>
        )}
      </div>
      <CoverageNote coverage={coverage} />
      <div className="panel flat">
        {list.isPending ? (
          <Loading what="The list" lines={6} />
        ) : list.isError ? (
          <div className="body">
            <Failure error={list.error} again={() => void list.refetch()} />
          </div>
        ) : sorted.length === 0 ? (
          <None filtered={filtered} />
        ) : (
          <Rows incidents={sorted} />
        )}
      </div>
      {list.hasNextPage && (
        <p className="more">
          <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </button>
        </p>
      )}
    </>
  )
}

function None({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty title="No incident is like that">Widen the filters above.</Empty>
  return (
    <Empty title="No incident">
      <p>Nothing that was judged so far joins to one. Whether everything was seen is another question: the sources say.</p>
    </Empty>
  )
}

function Rows({ incidents }: { incidents: Incident[] }) {
  const [at, setAt] = useState(-1)
  const body = useRef<HTMLUListElement>(null)
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement || document.querySelector('dialog[open]')) return
      const step = e.key === 'j' ? 1 : e.key === 'k' ? -1 : 0
      if (!step) return
      const to = Math.max(0, Math.min(incidents.length - 1, at + step))
      setAt(to)
      body.current?.children[to]?.querySelector('a')?.focus()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [incidents.length, at])
  return (
    <ul className="cards" ref={body} aria-label="Incidents">
      {incidents.map((i) => (
        <IncidentCard key={i.id} incident={i} />
      ))}
    </ul>
  )
}

function Choice({ label, value, values, any, set }: { label: string; value: string; values: string[]; any: string; set: (v: string) => void }) {
  return (
    <label className="row small muted">
      {label}
      <select className="field" value={value} onChange={(e) => set(e.target.value)}>
        {values.map((v) => (
          <option key={v} value={v}>
            {v || any}
          </option>
        ))}
      </select>
    </label>
  )
}

function Word({ label, value, set }: { label: string; value: string; set: (v: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return (
    <label className="row small muted">
      {label}
      <input
        className="field word"
        value={text}
        spellCheck={false}
        onChange={(e) => setText(e.target.value)}
        onBlur={() => set(text.trim())}
        onKeyDown={(e) => e.key === 'Enter' && set(text.trim())}
      />
    </label>
  )
}
