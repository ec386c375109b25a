// Trying rules on what is stored: how much they would have found, where, by whom, with samples.
import { useState } from 'react'
import { useBacktest, type Tried } from '../api/backtest'
import type { BacktestResult, BacktestRule, Counted } from '../api/schema'
import { count, lasting, nameOf, visible } from '../format'
import { may, useWho } from '../session'
import { Pivot } from './Pivot'
import { Empty, Failure, Severity, Time } from './parts'

/** spans that can be tried; the last is more than any store keeps. */
const spans: Record<string, string> = { '1h': 'the last hour', '24h': 'the last day', '7d': 'the last 7 days', '30d': 'the last 30 days', '90d': 'the last 90 days', '3650d': 'all that is stored' }
const learns: Record<string, string> = { '': 'nothing', '24h': 'the day before', '7d': 'the 7 days before', '30d': 'the 30 days before' }

/** Backtest tries rules that run here, by their ids, or those of a text. */
export function Backtest({ rules, text }: { rules?: string[]; text?: string }) {
  const who = useWho()
  const [since, setSince] = useState('7d')
  const [learn, setLearn] = useState('')
  const { tried, start, cancel } = useBacktest()
  if (!may(who, 'analyst')) return <Empty title="This is for analysts">Trying rules on what is stored needs the role analyst; yours is {who.role}.</Empty>
  const body = { ...(text ? { text } : { rules: rules ?? [] }), since, ...(learn ? { learn } : {}) }
  return (
    <div className="stack">
      <p className="small muted">Judges the stored events again by this rule. Nothing is changed and nobody is told.</p>
      <div className="row wrap">
        <Span label="Events of" value={since} values={spans} set={setSince} />
        <Span label="Learn what is usual from" value={learn} values={learns} set={setLearn} />
        {tried?.running ? (
          <button type="button" className="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button type="button" className="button main-action" onClick={() => start(body)}>
            Try it on the past
          </button>
        )}
      </div>
      <div aria-live="polite">{tried && <Outcome tried={tried} />}</div>
    </div>
  )
}

function Span({ label, value, values, set }: { label: string; value: string; values: Record<string, string>; set: (v: string) => void }) {
  return (
    <label className="row small muted">
      {label}
      <select className="field" value={value} onChange={(e) => set(e.target.value)}>
        {Object.entries(values).map(([v, name]) => (
          <option key={v} value={v}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function Outcome({ tried }: { tried: Tried }) {
  if (tried.running) {
    const p = tried.progress
    return (
      <div className="stack">
        <progress className="progress" max={Math.max(p?.total ?? 0, p?.events ?? 0, 1)} value={p?.total ? p.events : undefined} aria-label="How much was judged" />
        <p className="small muted num">{p?.events ? `${p.events.toLocaleString('en')} of about ${Math.max(p.total, p.events).toLocaleString('en')} events judged` : 'Reading the store'}</p>
      </div>
    )
  }
  if (tried.canceled) return <p className="muted">Cancelled: nothing was changed.</p>
  if (tried.error) return <Wrong error={tried.error} />
  if (!tried.answer) return null
  return (
    <div className="stack">
      {tried.answer.notes.map((n) => (
        <p key={n} className="note warn small">
          {visible(n)}
        </p>
      ))}
      <Result result={tried.answer.result} />
    </div>
  )
}

function Wrong({ error }: { error: NonNullable<Tried['error']> }) {
  if (error.places.length === 0) return <Failure error={error} />
  return (
    <div className="note bad" role="alert">
      <strong>{visible(error.message)}</strong>
      <ul className="plain-list">
        {error.places.map((p, i) => (
          <li key={i}>
            Line {p.line}: {visible(p.message)}
          </li>
        ))}
      </ul>
    </div>
  )
}

const stops: Record<string, string> = { time: 'the time for it was over', bytes: 'as much was read as may be' }

function Result({ result: r }: { result: BacktestResult }) {
  return (
    <div className="stack">
      {r.stopped && (
        <p className="note warn">
          It ended early, since {stops[r.stopped]}: what follows is of the events up to <Time at={r.last} />. Take a shorter time.
        </p>
      )}
      <p className="small muted">
        {count(r.events, 'event')} judged{r.first && r.last ? <> from <Time at={r.first} /> to <Time at={r.last} /></> : ''}
        {r.learned > 0 && `, ${count(r.learned, 'event')} learned from before`}
        {r.unreadable > 0 && `, ${count(r.unreadable, 'request')} not readable`}, in {lasting(r.elapsed_ms)}.
      </p>
      {r.events === 0 ? <Empty title="No event of that time is stored">Take a longer time. What the rule reads may also not be seen at all.</Empty> : r.rules.map((x) => <OfRule key={x.id} rule={x} alone={r.rules.length === 1} />)}
    </div>
  )
}

function OfRule({ rule: x, alone }: { rule: BacktestRule; alone: boolean }) {
  const most = Math.max(1, ...x.days.map((d) => d.findings))
  return (
    <section className="stack" data-backtest={x.findings}>
      <p>
        {!alone && <strong>{visible(x.title)}: </strong>}
        {x.findings === 0 ? <strong>It would have found nothing.</strong> : <strong>It would have found {count(x.findings, 'finding')}</strong>}
        {x.findings > 0 && ` from ${count(x.requests, 'match', 'matches')}${x.failed > 0 ? `, ${x.failed.toLocaleString('en')} of them refused or failed` : ''}.`}
        {x.stored.findings > 0 && ` Stored of that time are ${x.stored.findings.toLocaleString('en')}${x.stored.both !== x.stored.findings || x.stored.both !== x.findings ? `; ${x.stored.both.toLocaleString('en')} are the same` : ', the same'}.`}
        {x.excluded_findings > 0 && ` ${count(x.excluded_findings, 'finding')} would be kept back by exclusions.`}
      </p>
      {x.muted && <p className="note warn small">It found so much that what came after only counted. It needs a narrower condition, or exclusions.</p>}
      {x.findings > 0 && (
        <>
          <div className="row wrap">
            {x.severities.map((s) => (
              <span key={s.name} className="row small">
                <Severity level={s.name as BacktestRule['severity']} /> <span className="num">{s.findings}</span>
              </span>
            ))}
          </div>
          <ol className="days" aria-label="Findings by day">
            {x.days.slice(-60).map((d) => (
              <li key={d.name} title={`${d.name}: ${count(d.findings, 'finding')}`}>
                <meter min={0} max={most} value={d.findings} aria-label={d.name} />
                <span className="small num">
                  {d.name} <strong>{d.findings}</strong>
                </span>
              </li>
            ))}
          </ol>
          <dl className="facts">
            <Top name="Who" of={x.users} />
            <Top name="Workloads" of={x.workloads} />
            <Top name="Namespaces" of={x.namespaces} />
            <Top name="On what" of={x.targets} />
          </dl>
          <h3>Samples</h3>
          <div className="scroll-x">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Severity</th>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">What</th>
                </tr>
              </thead>
              <tbody>
                {x.samples.map((s) => (
                  <tr key={s.id}>
                    <td>
                      <Severity level={s.severity} />
                    </td>
                    <td className="small">
                      <Time at={s.last} />
                    </td>
                    <td>{s.user ? <Pivot value={s.user} /> : <span className="muted">not known</span>}</td>
                    <td className="small">
                      {visible(`${s.verb} ${s.target}`)}
                      {s.excluded && <span className="chip soft">excluded</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  )
}

function Top({ name, of }: { name: string; of: Counted }) {
  if (of.distinct === 0) return null
  return (
    <>
      <dt>
        {name} ({of.distinct.toLocaleString('en')})
      </dt>
      <dd className="row wrap">
        {of.top.slice(0, 6).map((t) => (
          <span key={t.name} className="chip">
            {nameOf(t.name)} <span className="muted num">{t.findings}</span>
          </span>
        ))}
      </dd>
    </>
  )
}
