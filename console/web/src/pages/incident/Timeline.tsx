import { useState, type ReactNode } from 'react'
import type { FindingDocument, IncidentDocument, Step } from '../../api/documents'
import { clockOf, count, dayOf, nameOf, span, visible } from '../../format'
import { Mark } from '../../ui/parts'
import type { Happening } from './data'

type Kind = 'found' | Happening['table']
const kinds: Record<Kind, string> = { found: 'What rules found', audit: 'Other API requests', process: 'Processes', file: 'Files', network: 'Connections', dns: 'Names asked for' }

interface Entry {
  key: string
  time: string
  kind: Kind
  step?: Step
  happening?: Happening
}

/** Timeline is one order of everything: what was found, and what the pods did meanwhile. */
export function Timeline({ document: d, findings, happenings, tactic, late, show }: { document: IncidentDocument; findings: FindingDocument[]; happenings: Happening[]; tactic: string; late: Map<string, number>; show: (finding: string) => void }) {
  const [hidden, setHidden] = useState<Set<Kind>>(new Set(['audit']))
  const of = new Map(findings.map((f) => [f.id, f]))
  const all: Entry[] = [
    ...d.timeline.map((step, i) => ({ key: `s${i}`, time: step.time ?? '', kind: 'found' as Kind, step })),
    ...happenings.map((happening, i) => ({ key: `h${i}`, time: happening.time, kind: happening.table as Kind, happening })),
  ].sort((a, b) => a.time.localeCompare(b.time))
  const there = (Object.keys(kinds) as Kind[]).filter((k) => all.some((e) => e.kind === k))
  const shown = all.filter((e) => !hidden.has(e.kind) && (!tactic || e.step?.findings.some((f) => of.get(f)?.tactics.some((t) => t.id === tactic))))
  const toggle = (k: Kind) => {
    const next = new Set(hidden)
    if (!next.delete(k)) next.add(k)
    setHidden(next)
  }
  let day = ''
  return (
    <div className="stack">
      {there.length > 1 && (
        <div className="row wrap" role="group" aria-label="What is shown">
          {there.map((k) => (
            <button key={k} type="button" className="chip" aria-pressed={!hidden.has(k)} onClick={() => toggle(k)}>
              {kinds[k]} <span className="muted">{all.filter((e) => e.kind === k).length}</span>
            </button>
          ))}
        </div>
      )}
      <ol className="steps">
        {shown.map((e) => {
          const today = e.time ? dayOf(e.time) : ''
          const head = today !== day
          day = today
          return (
            <li key={e.key}>
              {head && <div className="day">{today || 'At a time that is not known'}</div>}
              <div className="at">{e.time ? <time dateTime={e.time}>{clockOf(e.time)}</time> : ''}</div>
              <div className="mark-cell">
                <span>{e.step ? <Mark level={e.step.severity} size={14} /> : <Dot />}</span>
                {e.step && <span className="hidden">{e.step.severity}</span>}
              </div>
              {e.step ? <StepText step={e.step} root={d.root} of={of} late={late} show={show} /> : e.happening && <HappeningText h={e.happening} />}
            </li>
          )
        })}
      </ol>
      {shown.length === 0 && <p className="muted">Nothing of that.</p>}
      {d.steps_omitted > 0 && <p className="muted small">{count(d.steps_omitted, 'less severe step')} left out.</p>}
    </div>
  )
}

function Dot() {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <circle cx="7" cy="7" r="3" fill="var(--line-strong)" />
    </svg>
  )
}

function StepText({ step: s, root, of, late, show }: { step: Step; root: string; of: Map<string, FindingDocument>; late: Map<string, number>; show: (finding: string) => void }) {
  const notes: ReactNode[] = []
  if (s.findings.includes(root)) notes.push(<strong key="root">where it began</strong>)
  if (s.count > 1) notes.push(s.time && s.last_time && s.time !== s.last_time ? `${count(s.count, 'request')} over ${span(s.time, s.last_time)}` : count(s.count, 'request'))
  if (s.failed > 0) notes.push(s.failed >= s.count ? 'refused' : `${s.failed} refused`)
  if (s.findings.some((f) => of.get(f)?.denied)) notes.push('stopped by a policy')
  const by = Math.max(0, ...s.findings.map((f) => late.get(f) ?? 0))
  if (by > 0) notes.push(<span key="late" className="chip">came late, by {Math.round(by / 60_000)} min</span>)
  return (
    <div className="step">
      <div>
        <strong>{visible(s.actor)}</strong>
        {s.as && <> as {visible(s.as)}</>} {visible(s.text)}
        {s.from && <span className="muted small"> from {visible(s.from)}{s.external ? ', outside' : ''}</span>}
      </div>
      <div className="row wrap small">
        {s.findings.map((id, i) => (
          <button key={id} type="button" className="chip" onClick={() => show(id)}>
            {visible(of.get(id)?.title ?? s.titles[i] ?? 'Finding')}
          </button>
        ))}
        {notes.map((n, i) => (
          <span key={i} className="muted">
            {n}
          </span>
        ))}
      </div>
    </div>
  )
}

function HappeningText({ h }: { h: Happening }) {
  return (
    <div>
      <code>{visible(h.what)}</code>{' '}
      <span className="muted small">
        {h.table === 'audit' ? `by ${nameOf(h.actor)}` : `${h.table !== 'process' && h.process ? `by ${visible(h.process)} ` : ''}in ${visible(h.pod)}`}
      </span>{' '}
      {h.late && <span className="chip">came late</span>}
    </div>
  )
}
