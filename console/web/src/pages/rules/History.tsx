// What a rule found over time, and how much of that was noise.
import { lazy, Suspense, useMemo, useState } from 'react'
import type { Rule } from '../../api/schema'
import { count, visible } from '../../format'
import { Link } from '../../router'
import { limited, may, useWho } from '../../session'
import { Empty, Failure, Loading, Panel, rank, Time } from '../../ui/parts'
import { resolutions } from '../../ui/Status'
import { useExclusions, useHistory, windows, type History as Found } from './data'

const Bars = lazy(async () => ({ default: (await import('../../ui/Bars')).Bars }))
const dayS = 86_400

export function History({ rule }: { rule: Rule }) {
  const who = useWho()
  const [back, setBack] = useState('30d')
  const found = useHistory(rule.id, back)
  const aside = (
    <label className="row small muted">
      The last
      <select className="field" value={back} onChange={(e) => setBack(e.target.value)}>
        {windows.map((w) => (
          <option key={w}>{w}</option>
        ))}
      </select>
    </label>
  )
  return (
    <div className="cols two">
      <Panel title="What it found" aside={aside}>
        {!may(who, 'analyst') ? (
          <Empty title="This is for analysts">Your role is {who.role}. The findings themselves are on <Link to={`/findings?rule=${encodeURIComponent(rule.id)}`}>their page</Link>.</Empty>
        ) : found.isPending ? (
          <Loading what="The history" />
        ) : found.isError ? (
          <Failure error={found.error} again={() => void found.refetch()} />
        ) : (
          <Chart id={rule.id} found={found.data} back={back} />
        )}
      </Panel>
      <Panel title="How much of it is noise">
        <div className="stack">
          {found.data && <Noise found={found.data} back={back} />}
          {limited(who) ? <p className="muted small">Exclusions concern the whole installation.</p> : <Exclusions id={rule.id} />}
        </div>
      </Panel>
    </div>
  )
}

/** days is how many a window has. */
function daysOf(back: string): number {
  return back === '24h' ? 1 : Number.parseInt(back, 10)
}

function Chart({ id, found, back }: { id: string; found: Found; back: string }) {
  const { times, series } = useMemo(() => {
    const last = Math.floor(Date.now() / 1000 / dayS) * dayS
    const days = found.days.map((d) => Math.floor(Date.parse(d.day) / 1000 / dayS) * dayS)
    const first = Math.min(last - (daysOf(back) - 1) * dayS, ...days)
    const n = Math.max(1, Math.min(400, Math.round((last - first) / dayS) + 1))
    const by = new Map<string, number[]>()
    found.days.forEach((d, i) => {
      const values = by.get(d.severity) ?? Array.from({ length: n }, () => 0)
      const at = Math.round(((days[i] ?? 0) - first) / dayS)
      values[at] = (values[at] ?? 0) + d.findings
      by.set(d.severity, values)
    })
    return {
      times: Array.from({ length: n }, (_, i) => first + i * dayS),
      series: [...by].sort(([a], [b]) => rank(a) - rank(b)).map(([name, values]) => ({ name, values })),
    }
  }, [found, back])
  const total = found.days.reduce((n, d) => n + d.findings, 0)
  if (total === 0) return <Empty title={`It found nothing in the last ${back}`}>Whether it could see what it looks for stands above; whether it would have found something earlier, try below.</Empty>
  return (
    <div className="stack">
      <p>
        <Link to={`/findings?rule=${encodeURIComponent(id)}`}>{count(total, 'finding')}</Link> from {count(found.days.reduce((n, d) => n + d.requests, 0), 'match', 'matches')}.
      </p>
      <Suspense fallback={<Loading what="The chart" />}>
        <Bars times={times} series={series} label={`Findings by day: ${total}`} />
      </Suspense>
    </div>
  )
}

function Noise({ found, back }: { found: Found; back: string }) {
  const total = found.days.reduce((n, d) => n + d.findings, 0)
  if (total === 0) return <p className="muted">Nothing was found, so nothing was noise.</p>
  const share = (n: number) => `${Math.round((100 * n) / total)} %`
  const excluded = found.days.reduce((n, d) => n + d.excluded, 0)
  const told = new Map(found.resolutions.map((r) => [r.resolution, r.findings]))
  const dismissed = (told.get('false_positive') ?? 0) + (told.get('expected') ?? 0)
  return (
    <dl className="facts">
      <dt>A day</dt>
      <dd className="num">{total >= daysOf(back) / 10 ? `${(total / daysOf(back)).toFixed(1)} findings` : `fewer than 0.1 findings: ${total} in ${daysOf(back)} days`}</dd>
      <dt>Kept back by exclusions</dt>
      <dd className="num">
        {excluded.toLocaleString('en')} ({share(excluded)})
      </dd>
      <dt>Dismissed</dt>
      <dd className="num">
        {dismissed.toLocaleString('en')} ({share(dismissed)})
        {found.resolutions.length > 0 && <span className="muted small"> incidents closed as: {found.resolutions.map((r) => `${resolutions[r.resolution] ?? r.resolution} ${r.findings}`).join(', ')}</span>}
      </dd>
    </dl>
  )
}

function Exclusions({ id }: { id: string }) {
  const list = useExclusions(id)
  if (list.isPending) return <Loading what="The exclusions" lines={2} />
  if (list.isError) return <Failure error={list.error} />
  return (
    <div>
      <h3>Exclusions</h3>
      {list.data.length === 0 ? (
        <p className="muted small">None: every finding of it is told. An incident or a finding can be called expected on its page.</p>
      ) : (
        <ul className="plain-list">
          {list.data.map((e) => (
            <li key={e.id}>
              {visible(e.reason)}{' '}
              <span className="muted small">
                by {visible(e.author)}, {Date.parse(e.expires) < Date.now() ? 'ended' : 'until'} <Time at={e.expires} />
              </span>
              <div className="small mono">{visible(Object.entries(e.scope).map(([k, v]) => `${k}: ${typeof v === 'string' ? v : JSON.stringify(v)}`).join(', '))}</div>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
