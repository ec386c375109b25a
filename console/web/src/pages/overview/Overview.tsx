import { lazy, Suspense, useEffect, useMemo, type ReactNode } from 'react'
import type { Condition, Finding, SourceState } from '../../api/schema'
import { ago, count, dayOf, clockOf, pathEnd, visible } from '../../format'
import { Link } from '../../router'
import { may, seesSources, useWho } from '../../session'
import { Gaps, NotYours } from '../../ui/Coverage'
import { IncidentCard } from '../../ui/IncidentCard'
import { Pivot } from '../../ui/Pivot'
import { Empty, Failure, levels, Loading, Mark, Panel, Time, rank } from '../../ui/parts'
import { Edges } from './Edges'
import { Live } from './Live'
import { Worst } from './Worst'
import { dayMs, useDay, useNews, useOpen, useSources, type Day, type SourceList } from './data'

const Bars = lazy(async () => ({ default: (await import('../../ui/Bars')).Bars }))

export default function Overview() {
  const day = useDay()
  const open = useOpen()
  // Where nothing was found there is nothing to draw: what is seen, and what is new, is all that there is to say.
  const quiet = open.data?.length === 0 && day.data?.findings.length === 0
  useEffect(() => {
    document.title = 'Overview · Lynceus'
  }, [])
  return (
    <>
      <div className="page-head">
        <h1>Overview</h1>
        {day.data?.past && (
          <p className="muted">
            Nothing was found in the last 24 hours; shown is the day up to {dayOf(new Date(day.data.end).toISOString())} {clockOf(new Date(day.data.end).toISOString()).slice(0, 5)} UTC.
          </p>
        )}
      </div>
      <div className="stack wide">
        <Open />
        {quiet ? (
          <div className="cols two">
            <Blind />
            <New end={day.data?.end} />
          </div>
        ) : (
          <>
            <div className="cols two">
              <Panel title="Findings over the day, by tactic">{day.isPending ? <Loading what="The findings" /> : day.isError ? <Failure error={day.error} /> : <ByTactic day={day.data} />}</Panel>
              <Blind />
            </div>
            <div className="cols two">
              <Panel title="Rules that found most in the day">{day.data ? <Noisy findings={day.data.findings} /> : <Loading what="The rules" />}</Panel>
              <New end={day.data?.end} />
            </div>
          </>
        )}
        <div className="cols two">
          <Edges end={day.data?.end} />
          <Live />
        </div>
      </div>
    </>
  )
}

function Open() {
  const who = useWho()
  const open = useOpen()
  if (open.isPending) return <Panel title="Open incidents"><Loading what="The incidents" lines={3} /></Panel>
  if (open.isError) return <Panel title="Open incidents"><Failure error={open.error} again={() => void open.refetch()} /></Panel>
  const worst = [...open.data].sort((a, b) => rank(a.severity) - rank(b.severity) || (b.last_seen ?? '').localeCompare(a.last_seen ?? '')).slice(0, 6)
  return (
    <Panel
      flat
      title={open.data.length > 0 ? `${count(open.data.length, 'open incident')}` : 'Open incidents'}
      aside={
        <ul className="row wrap" aria-label="By severity">
          {open.data.length > worst.length && (
            <li>
              <Link to="/incidents">all</Link>
            </li>
          )}
          {levels.map((l) => {
            const n = open.data.filter((i) => i.severity === l).length
            return n === 0 ? null : (
              <li key={l}>
                <Link to={`/incidents?severity=${l}`} className={`sev ${l}`}>
                  <Mark level={l} /> {n} {l}
                </Link>
              </li>
            )
          })}
        </ul>
      }
    >
      {worst.length === 0 ? (
        <Empty title="No incident is open">{seesSources(who) ? 'Nothing of what came in gives one. What does not come in at all stands below, and how to connect it.' : 'Nothing that you may see gives one.'}</Empty>
      ) : (
        <ul className="cards">
          {worst.map((i, n) => (n === 0 ? <Worst key={i.id} incident={i} /> : <IncidentCard key={i.id} incident={i} />))}
        </ul>
      )}
    </Panel>
  )
}

/** bins of the day. */
const bins = 48

function ByTactic({ day }: { day: Day }) {
  const { times, series } = useMemo(() => {
    const width = dayMs / bins
    const begin = Math.floor((day.end - dayMs) / width) * width + width
    const by = new Map<string, number[]>()
    for (const f of day.findings) {
      const at = Math.floor(((Date.parse(f.last_seen ?? '') || 0) - begin) / width)
      if (at < 0 || at >= bins) continue
      const tactic = f.tactics[0] ?? 'No tactic'
      const values = by.get(tactic) ?? Array.from({ length: bins }, () => 0)
      values[at] = (values[at] ?? 0) + 1
      by.set(tactic, values)
    }
    const sum = (v: number[]) => v.reduce((a, b) => a + b, 0)
    const sorted = [...by].map(([name, values]) => ({ name, values })).sort((a, b) => sum(b.values) - sum(a.values))
    const kept = sorted.slice(0, 7)
    const rest = sorted.slice(7)
    if (rest.length > 0) kept.push({ name: 'Others', values: Array.from({ length: bins }, (_, i) => rest.reduce((n, s) => n + (s.values[i] ?? 0), 0)) })
    return { times: Array.from({ length: bins }, (_, i) => (begin + i * width) / 1000), series: kept }
  }, [day])
  if (series.length === 0) return <Empty title="No finding in that day" />
  return (
    <>
      <Suspense fallback={<Loading what="The chart" />}>
        <Bars times={times} series={series} label={`Findings of the day by tactic: ${series.map((s) => s.name).join(', ')}`} />
      </Suspense>
      {day.more && <p className="muted small">The latest {day.findings.length.toLocaleString('en')} only; there are more.</p>}
    </>
  )
}

function Noisy({ findings }: { findings: Finding[] }) {
  const by = new Map<string, { title: string; findings: number; requests: number; severity: Finding['severity'] }>()
  for (const f of findings) {
    const r = by.get(f.rule) ?? { title: f.title, findings: 0, requests: 0, severity: f.severity }
    r.findings++
    r.requests += f.count
    if (rank(f.severity) < rank(r.severity)) r.severity = f.severity
    by.set(f.rule, r)
  }
  const worst = [...by].sort((a, b) => b[1].findings - a[1].findings || b[1].requests - a[1].requests).slice(0, 8)
  if (worst.length === 0) return <Empty title="No rule found anything" />
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col" className="right">
            Findings
          </th>
          <th scope="col" className="right">
            Requests
          </th>
        </tr>
      </thead>
      <tbody>
        {worst.map(([id, r]) => (
          <tr key={id}>
            <td>
              <Mark level={r.severity} /> <span className="hidden">{r.severity}</span> <Link to={`/findings?rule=${encodeURIComponent(id)}`}>{visible(r.title)}</Link>
            </td>
            <td className="right num">{r.findings}</td>
            <td className="right num">{r.requests}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Blind() {
  const who = useWho()
  const found = useSources()
  let body: ReactNode
  if (!seesSources(who)) body = <NotYours />
  else if (found.isPending) body = <Loading what="The sources" />
  else if (found.isError) body = <Failure error={found.error} />
  else {
    const { status, list, coverage } = found.data
    body = (
      <div className="stack">
        {status && <Conditions conditions={status.conditions} />}
        <Sources list={list} />
        {coverage.gaps.length > 0 && (
          <>
            <h3>Not seen in the last hour</h3>
            <Gaps coverage={coverage} />
          </>
        )}
        {list.missing.length > 0 && (
          <>
            <h3>Blind to</h3>
            <ul className="plain-list">
              {list.missing.map((m) => (
                <li key={m.role}>
                  <span className="status-open" aria-hidden="true">
                    ○
                  </span>{' '}
                  {visible(m.what)}
                  <div className="small muted">To see it: {visible(m.enable)}</div>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    )
  }
  return <Panel title="What is seen, and what not">{body}</Panel>
}

function Conditions({ conditions }: { conditions: Condition[] }) {
  if (conditions.length === 0) return <p><span className="status-closed" aria-hidden="true">●</span> Lynceus itself runs as it should.</p>
  return (
    <ul className="plain-list">
      {conditions.slice(0, 8).map((c) => (
        <li key={c.code + c.about} className={`note ${c.level === 'failure' ? 'bad' : 'warn'}`}>
          <strong>{c.level}</strong>: {visible(c.text)} {c.advice && <span className="muted small">{visible(c.advice)}</span>}
        </li>
      ))}
    </ul>
  )
}

function Sources({ list }: { list: SourceList }) {
  const by = new Map<string, SourceState[]>()
  for (const s of list.sources) {
    const where = [s.cluster, s.node].filter(Boolean).join(' / ') || 'this installation'
    by.set(where, [...(by.get(where) ?? []), s])
  }
  if (by.size === 0) return null
  const rows = [...by].sort(([a], [b]) => a.localeCompare(b))
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="Sources, by where they are">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col" className="right">
              Last minute
            </th>
            <th scope="col">Last word</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 30).flatMap(([where, sources]) =>
            sources.map((s) => {
              const lost = (s.last_minute['lost'] ?? 0) + (s.last_minute['shed'] ?? 0)
              const state = s.ended ? 'ended' : s.silent ? 'silent' : lost > 0 ? `${lost} lost` : 'well'
              return (
                <tr key={where + s.source}>
                  <td>
                    <span className={state === 'well' ? 'status-closed' : 'status-open'} title={visible(s.source)}>
                      <span aria-hidden="true">{state === 'well' ? '●' : '○'}</span> {visible(pathEnd(s.source))}
                    </span>{' '}
                    <span className="muted small">
                      {state}, {visible(where)}
                    </span>
                  </td>
                  <td className="right num">{s.silent || s.ended ? 'nothing' : (s.last_minute['seen'] ?? 0).toLocaleString('en')}</td>
                  <td className="small">{s.last ? ago(s.last) : 'never'}</td>
                </tr>
              )
            }),
          )}
        </tbody>
      </table>
      {rows.length > 30 && <p className="muted small">and {count(rows.length - 30, 'node')} more</p>}
    </div>
  )
}

/** mostNew callers are told: people and workloads before the cluster's own parts. */
const mostNew = 8
const ofCluster = (user: string) => user.startsWith('system:') && (!user.startsWith('system:serviceaccount:') || user.startsWith('system:serviceaccount:kube-system:'))

function New({ end }: { end: number | undefined }) {
  const who = useWho()
  const news = useNews(end)
  let body: ReactNode
  if (!may(who, 'analyst')) body = <Empty title="This needs the role analyst">What is new is asked of the store, which a {who.role} may not do. An administrator can give that role.</Empty>
  else if (news.isPending) body = <Loading what="What is new" />
  else if (news.isError) body = <Failure error={news.error} />
  else if (news.data.users.length + news.data.images.length === 0) body = <Empty title="Nothing is new" />
  else {
    const young = news.data.begins && end !== undefined && Date.parse(news.data.begins) > end - dayMs
    body = (
      <div className="stack">
        {young && <p className="muted small">Nothing older than {dayOf(news.data.begins)} {clockOf(news.data.begins)} is there to compare with, so everything counts as new.</p>}
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Who or what</th>
                <th scope="col">First seen</th>
              </tr>
            </thead>
            <tbody>
              {[...news.data.users].sort((a, b) => Number(ofCluster(a.user)) - Number(ofCluster(b.user))).slice(0, mostNew).map((u) => (
                <tr key={u.user}>
                  <td>
                    <Pivot value={u.user} /> <span className="muted small">from</span>{' '}
                    {u.addresses.map((a) => (
                      <Pivot key={a} value={a} />
                    ))}
                  </td>
                  <td className="small">
                    <Time at={u.first} />
                  </td>
                </tr>
              ))}
              {news.data.images.map((i) => (
                <tr key={i.image}>
                  <td>
                    <span className="muted small">image</span> <Pivot value={i.image} />
                  </td>
                  <td className="small">
                    <Time at={i.first} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    )
  }
  return <Panel title="New: who calls from where, images">{body}</Panel>
}
