// The bar above the list: words, time, exclusions, grouping, order, and filters that were kept.
import { useEffect, useRef, useState } from 'react'
import { navigate } from '../../router'
import { groupingOf, groupings, type Filter } from './filter'
import { Kept } from './Kept'

const spans: Record<string, string> = { '': 'any time', '1h': 'the last hour', '24h': 'the last day', '7d': 'the last 7 days', '30d': 'the last 30 days', between: 'between…' }
export const orders: Record<string, string> = { '': 'latest first', last_seen: 'oldest first', '-severity': 'gravest first', '-count': 'most requests first', user: 'who', title: 'rule', about: 'what', assignee: 'who works on it' }

interface Props {
  search: URLSearchParams
  change: (change: Record<string, string>) => void
  filter: Filter
  filtered: boolean
}

export function Filters({ search, change, filter, filtered }: Props) {
  const since = search.get('since') ?? ''
  const framed = since.includes('T') || search.has('until')
  return (
    <div className="filters" role="search">
      <Words value={search.get('text') ?? ''} set={(text) => change({ text })} />
      <label className="row small muted">
        Last seen
        <select
          className="field"
          value={framed ? 'between' : since}
          onChange={(e) => (e.target.value === 'between' ? change({ since: minute(Date.now() - 86_400_000), until: minute(Date.now()) }) : change({ since: e.target.value, until: '' }))}
        >
          {Object.entries(spans).map(([v, words]) => (
            <option key={v} value={v}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {framed && (
        <>
          <Moment label="From" value={since} set={(at) => change({ since: at })} />
          <Moment label="To" value={search.get('until') ?? ''} set={(at) => change({ until: at })} />
        </>
      )}
      <label className="row small muted">
        Group by
        <select className="field" value={groupingOf(search)} onChange={(e) => change({ by: e.target.value })}>
          {Object.entries(groupings).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {!groupingOf(search) && (
        <label className="row small muted">
          Order
          <select className="field" value={search.get('sort') ?? ''} onChange={(e) => change({ sort: e.target.value })}>
            {Object.entries(orders).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <Kept filter={filter} search={search} />
      {filtered && (
        <button type="button" className="button quiet" onClick={() => navigate('/findings')}>
          Show all
        </button>
      )}
    </div>
  )
}

/** minute is a moment as the address has it. */
function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}:00Z`
}

/** Moment is a time of day, in UTC as everywhere. */
function Moment({ label, value, set }: { label: string; value: string; set: (at: string) => void }) {
  return (
    <label className="row small muted">
      {label}
      <input className="field" type="datetime-local" value={value.slice(0, 16)} title="in UTC" onChange={(e) => set(e.target.value ? `${e.target.value}:00Z` : '')} />
    </label>
  )
}

/** typing is how long nothing must be typed before it is searched for, in milliseconds. */
const typing = 180

function Words({ value, set }: { value: string; set: (text: string) => void }) {
  const [text, setText] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    if (value !== told.current) {
      told.current = value
      setText(value)
    }
  }, [value])
  useEffect(() => {
    if (text === told.current) return
    const t = setTimeout(() => {
      told.current = text
      set(text.trim())
    }, typing)
    return () => clearTimeout(t)
  }, [text, set])
  return <input className="field words" type="search" aria-label="Words in findings" placeholder="Words: a rule, a name, a pod, an id" maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />
}
