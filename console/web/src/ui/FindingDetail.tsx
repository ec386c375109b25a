// A finding: what was done, by which rule, from which events, and the document as it is.
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Failed, get, rows, type Row } from '../api/client'
import type { FindingDocument } from '../api/documents'
import type { Finding } from '../api/schema'
import { count, quoted, visible } from '../format'
import { Link } from '../router'
import { may, useWho } from '../session'
import { Gaps } from './Coverage'
import { Copy, Dialog, Empty, Failure, Loading, Severity, Time } from './parts'
import { Pivot } from './Pivot'
import { RuleText } from './RuleText'
import { Status } from './Status'

export function FindingDialog({ id, close }: { id: string; close: () => void }) {
  const finding = useQuery<Finding, Failed>({ queryKey: ['finding', id], queryFn: ({ signal }) => get<Finding>(`/findings/${encodeURIComponent(id)}`, {}, signal) })
  return (
    <Dialog title={finding.data ? visible(finding.data.title) : 'Finding'} close={close}>
      {finding.isPending ? <Loading what="The finding" /> : finding.isError ? <Failure error={finding.error} again={() => void finding.refetch()} /> : <FindingDetail finding={finding.data} />}
    </Dialog>
  )
}

type Part = 'what' | 'rule' | 'events' | 'document'
const parts: Record<Part, string> = { what: 'What was done', rule: 'Rule', events: 'Events', document: 'Document' }

export function FindingDetail({ finding: f }: { finding: Finding }) {
  const [part, setPart] = useState<Part>('what')
  const d = f.document as unknown as FindingDocument | null
  if (!d) return <Empty title="Its document is not kept any more" />
  return (
    <div className="stack wide">
      <div className="row wrap">
        <Severity level={f.severity} />
        <Status status={f.status} resolution={f.resolution} />
        {f.assignee && <span className="chip">{visible(f.assignee)} works on it</span>}
        {f.grown && <span className="chip status-open">seen again since it was decided</span>}
        {f.excluded && <span className="chip">excluded</span>}
        {d.denied && <span className="chip">stopped by a policy</span>}
        {f.incident && (
          <Link to={`/incidents/${f.incident}`} className="chip">
            its incident
          </Link>
        )}
        <Copy text={() => `${location.origin}/findings?finding=${f.id}`}>Copy link</Copy>
      </div>
      <div className="row wrap" role="tablist" aria-label="Parts of the finding">
        {(Object.keys(parts) as Part[]).map((p) => (
          <button key={p} type="button" role="tab" className="chip" aria-selected={p === part} onClick={() => setPart(p)}>
            {parts[p]}
          </button>
        ))}
      </div>
      {part === 'what' && <What finding={f} d={d} />}
      {part === 'rule' && <RuleText id={f.rule} finding={d} />}
      {part === 'events' && <Events d={d} />}
      {part === 'document' && <Document value={d} />}
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function What({ finding: f, d }: { finding: Finding; d: FindingDocument }) {
  const who = d.actor.service_account || d.actor.user
  return (
    <div className="stack wide">
      <p className="story">
        <strong>{visible(who || 'Somebody')}</strong> {visible(d.text)}
        {d.actor.real_user && <> (signed in as {visible(d.actor.real_user)})</>}
      </p>
      {d.output && <p className="mono">{visible(d.output)}</p>}
      <dl className="facts">
        <Fact name="When">
          <Time at={d.time} /> {d.last_time && d.last_time !== d.time && <>to <Time at={d.last_time} /></>}
        </Fact>
        <Fact name="How often">
          {count(d.count, 'request')}
          {d.failed > 0 && `, ${d.failed} refused or failed`}
        </Fact>
        {who && <Fact name="Who"><Pivot value={who} /></Fact>}
        {d.actor.ips.length > 0 && (
          <Fact name="From">
            <span className="row wrap">
              {d.actor.ips.map((ip) => (
                <Pivot key={ip} value={ip} />
              ))}
              {d.actor.outside === 'yes' && 'outside the cluster’s networks'}
            </span>
          </Fact>
        )}
        {d.actor.user_agents.length > 0 && <Fact name="Says it is">{visible(d.actor.user_agents.join(', '))}</Fact>}
        {d.actor.caller_pod && <Fact name="Calling pod"><Pivot value={d.actor.caller_pod} /></Fact>}
        {d.actor.token_pod && <Fact name="Token of pod"><Pivot value={d.actor.token_pod} /></Fact>}
        {d.resource.command && <Fact name="Command"><code>{visible(d.resource.command)}</code></Fact>}
        {d.reasons.length > 0 && <Fact name="Severity">{visible(d.reasons.join('; '))}</Fact>}
        {d.novelty.length > 0 && <Fact name="New?">{d.novelty.map((n) => `${n.key}: ${n.answer}`).join('; ')}</Fact>}
        {d.techniques.length > 0 && <Fact name="ATT&CK">{d.techniques.map((t) => `${t.id} ${t.name}`).join(', ')}</Fact>}
        {d.evidence.map((e) => (
          <Fact key={e.field} name={e.field}>
            <span className="mono">{visible(e.value)}</span>
          </Fact>
        ))}
      </dl>
      {(f.decisions ?? []).length > 0 && (
        <div>
          <h3>What was decided</h3>
          <ul className="plain-list">
            {f.decisions?.map((s) => (
              <li key={s.id} className="comment">
                <div className="small muted">
                  {visible(s.by)}, <Time at={s.time} />
                  {s.findings > 1 && `, with ${count(s.findings - 1, 'other', 'others')}`}
                  {s.undone && ', undone'}
                </div>
                <div>{[s.status && `${s.status}${s.resolution ? ` as ${s.resolution.replace('_', ' ')}` : ''}`, s.assignee !== undefined && `given to ${s.assignee || 'nobody'}`].filter(Boolean).join(', ')}</div>
                {s.comment && <div className="pre">{visible(s.comment)}</div>}
              </li>
            ))}
          </ul>
        </div>
      )}
      {d.risk && <p>{visible(d.risk)}</p>}
      {d.runbook.length > 0 && (
        <div>
          <h3>What to do</h3>
          <ol className="plain-list numbered">
            {d.runbook.map((r) => (
              <li key={r}>{visible(r)}</li>
            ))}
          </ol>
        </div>
      )}
      {f.coverage && f.coverage.gaps.length > 0 && (
        <div>
          <h3>What was not seen around it</h3>
          <Gaps coverage={f.coverage} />
        </div>
      )}
    </div>
  )
}

/** mostEvents bounds how many events behind a finding are shown. */
const mostEvents = 50

function Events({ d }: { d: FindingDocument }) {
  const who = useWho()
  const uids = d.event_uids.slice(0, mostEvents)
  const events = useQuery<Row[], Failed>({
    queryKey: ['events', d.id, uids.length],
    enabled: may(who, 'analyst') && uids.length > 0,
    queryFn: ({ signal }) => rows(`union withsource=table audit, process, file, network, dns | where metadata.uid in (${uids.map(quoted).join(', ')}) | project table, time, received_time, metadata.uid, actor.user.name, raw_data | sort by time asc`, {}, { signal }),
  })
  if (!may(who, 'analyst')) return <Empty title="Events are for analysts">Your role is {who.role}.</Empty>
  if (uids.length === 0) return <Empty title="It names no events" />
  if (events.isPending) return <Loading what="The events" />
  if (events.isError) return <Failure error={events.error} again={() => void events.refetch()} />
  if (events.data.length === 0) return <Empty title="Its events are not in the store any more" />
  return (
    <div className="stack">
      {d.audit_ids_total > uids.length && <p className="muted">The first {uids.length} of {d.audit_ids_total}.</p>}
      {events.data.map((e, i) => (
        <details key={i} open={events.data.length === 1}>
          <summary>
            <Time at={String(e['time'])} /> <span className="muted">{String(e['table'])}</span> {visible(String(e['actor.user.name'] ?? ''))}
          </summary>
          <Document value={e['raw_data'] ?? e} />
        </details>
      ))}
    </div>
  )
}

export function Document({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2)
  return (
    <div className="document" tabIndex={0} role="group" aria-label="Document">
      <Copy text={() => text}>Copy</Copy>
      <pre className="mono">{visible(text)}</pre>
    </div>
  )
}
