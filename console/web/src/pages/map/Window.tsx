// Which time the map is of.
import type { TalkMap, Span } from './data'

const spans: [string, string][] = [
  ['15m', '15 minutes'],
  ['1h', 'hour'],
  ['6h', '6 hours'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
  ['30d', '30 days'],
]

/** local writes a time for a field of a form; both are in UTC. */
function local(time: string): string {
  return new Date(time).toISOString().slice(0, 16)
}

export function Window({ span, map, change }: { span: Span; map?: TalkMap; change: (span: Partial<Span>) => void }) {
  const fixed = span.from !== ''
  const from = fixed ? span.from : (map?.from ?? '')
  const to = fixed ? span.to : (map?.to ?? '')
  const set = (a: string, b: string) => {
    const at = [Date.parse(`${a}Z`), Date.parse(`${b}Z`)]
    if (at.some(Number.isNaN) || (at[0] ?? 0) >= (at[1] ?? 0)) return
    change({ since: '', from: new Date(at[0] ?? 0).toISOString(), to: new Date(at[1] ?? 0).toISOString() })
  }
  const step = (by: number) => {
    const width = Date.parse(to) - Date.parse(from)
    const move = (t: string) => new Date(Date.parse(t) + by * width).toISOString()
    change({ since: '', from: move(from), to: move(to) })
  }
  return (
    <>
      <label className="row small muted">
        Time
        <select className="field" value={fixed ? 'fixed' : span.since || '24h'} onChange={(e) => (e.target.value === 'fixed' ? change({ since: '', from, to }) : change({ since: e.target.value, from: '', to: '' }))}>
          {spans.map(([value, name]) => (
            <option key={value} value={value}>
              last {name}
            </option>
          ))}
          <option value="fixed">from … to …</option>
        </select>
      </label>
      {from && (
        <span className="row" role="group" aria-label="Go through time">
          <button type="button" className="button quiet" onClick={() => step(-1)} aria-label="The time before">
            ◀
          </button>
          <button type="button" className="button quiet" onClick={() => step(1)} disabled={Date.parse(to) >= Date.now()} aria-label="The time after">
            ▶
          </button>
        </span>
      )}
      {fixed && (
        <>
          <label className="row small muted">
            from
            <input type="datetime-local" className="field" value={local(from)} max={local(to)} onChange={(e) => set(e.target.value, local(to))} />
          </label>
          <label className="row small muted">
            to
            <input type="datetime-local" className="field" value={local(to)} min={local(from)} onChange={(e) => set(local(from), e.target.value)} />
            UTC
          </label>
        </>
      )}
    </>
  )
}
