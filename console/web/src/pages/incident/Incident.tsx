import { useEffect, useMemo, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Failed, rows } from '../../api/client'
import type { FindingDocument, IncidentDocument } from '../../api/documents'
import type { Coverage, Incident as IncidentOf } from '../../api/schema'
import { clockOf, count, dayOf, quoted, span, visible } from '../../format'
import { Link, useSearch } from '../../router'
import { may, useWho } from '../../session'
import { Gaps } from '../../ui/Coverage'
import { FindingDialog } from '../../ui/FindingDetail'
import { Pivot } from '../../ui/Pivot'
import { Copy, Failure, Loading, Mark, Panel, save, Severity, Time } from '../../ui/parts'
import { Case, useDecide } from './Case'
import { lateAfter, mostHappenings, useFindings, useHappenings, useIncident, useRequests } from './data'
import { Expected } from './Expected'
import { Graph } from './Graph'
import { Reach } from './Reach'
import { useReach } from './reach'
import { Related } from './Related'
import { report } from './report'
import { advice, story, whySevere } from './story'
import { Tactics } from './Tactics'
import { Timeline } from './Timeline'

const none: never[] = []

export default function Incident({ id }: { id: string }) {
  const told = useIncident(id)
  const found = useFindings(id)
  useEffect(() => {
    document.title = told.data ? `${told.data.incident.title} · Lynceus` : 'Incident · Lynceus'
  }, [told.data])
  if (told.isPending) return <Loading what="The incident" lines={9} />
  if (told.isError) return <Failure error={told.error} again={() => void told.refetch()} />
  if (!told.data.document) return <Failure error={new Error('The document of this incident is not kept any more.')} />
  return <Whole incident={told.data.incident} d={told.data.document} findings={found.data ?? none} failed={found.error} />
}

function Whole({ incident, d, findings, failed }: { incident: IncidentOf; d: IncidentDocument; findings: FindingDocument[]; failed: Failed | null }) {
  const [search, change] = useSearch()
  const [expected, setExpected] = useState(false)
  const decide = useDecide(incident.id)
  const happenings = useHappenings(d)
  const requests = useRequests(d, findings)
  const reach = useReach(incident, d)
  const late = useLate(incident.id, findings)
  const tactic = search.get('tactic') ?? ''
  const show = (finding: string) => change({ finding }, true)
  const root = findings.find((f) => f.id === d.root)
  return (
    <>
      <p className="small">
        <Link to="/incidents">Incidents</Link> <span className="muted">/ {incident.id.slice(0, 12)}</span>
      </p>
      <div className="page-head">
        <div className="grow stack">
          <h1>{visible(d.title)}</h1>
          <div className="row wrap">
            <Severity level={d.severity} />
            <span className="muted">
              <Time at={d.time} />
              {d.time && d.last_time && d.time !== d.last_time ? ` UTC, for ${span(d.time, d.last_time)}` : ' UTC'}
            </span>
            {incident.cluster && <span className="chip soft">{visible(incident.cluster)}</span>}
            <span className="muted">
              {count(d.findings.length, 'finding')}, {count(d.requests, 'request')}
            </span>
          </div>
        </div>
        <div className="row wrap">
          <Copy text={() => location.href}>Copy link</Copy>
          <span className="muted small">Save as</span>
          <button type="button" className="button" onClick={() => save(`incident-${incident.id}.html`, 'text/html', report({ d, findings, happenings: happenings.data ?? none, reach: reach.data, coverage: incident.coverage, link: `${location.origin}/incidents/${incident.id}` }))}>
            HTML
          </button>
          <button type="button" className="button" onClick={() => save(`incident-${incident.id}.json`, 'application/json', `${JSON.stringify({ incident, findings, happenings: happenings.data ?? none, requests: requests.data ?? none, reach: reach.data ?? null }, null, 2)}\n`)}>
            JSON
          </button>
        </div>
      </div>
      {incident.merged_into && (
        <p className="note">
          It became part of <Link to={`/incidents/${incident.merged_into}`}>another incident</Link>.
        </p>
      )}
      {failed && <Failure error={failed} />}
      <div className="stack wide">
        <div className="cols aside">
          <div className="stack wide">
            <Panel title="What happened">
              <p className="story" data-story="">
                {story(d).map((s) => `${visible(s)} `)}
              </p>
            </Panel>
            <div className="cols two">
              <Began d={d} root={root} show={show} />
              <Panel title={`Why it is ${d.severity}`}>
                <ul className="plain-list">
                  {whySevere(d, findings).map((r) => (
                    <li key={r}>{visible(r)}</li>
                  ))}
                </ul>
              </Panel>
            </div>
          </div>
          <Panel title="What to do">
            <ol className="plain-list numbered">
              {d.todo.map((t) => (
                <li key={t}>{visible(t)}</li>
              ))}
            </ol>
            {d.todo.length === 0 && <p className="muted">Its rules say nothing.</p>}
            <Advised findings={findings} />
          </Panel>
        </div>
        <Panel title="ATT&CK, in order" aside={tactic && <button type="button" className="button quiet" onClick={() => change({ tactic: '' })}>All tactics</button>}>
          {d.tactics.length > 0 ? <Tactics document={d} findings={findings} chosen={tactic} choose={(t) => change({ tactic: t })} /> : <p className="muted">Its rules name no tactic.</p>}
        </Panel>
        <Panel title="Who did what to what">
          <Graph findings={findings} happenings={happenings.data ?? none} show={show} />
        </Panel>
        <div className="cols aside">
          <div className="stack wide">
            <Panel title="Timeline" aside={<span className="muted small">in UTC{tactic ? ', one tactic only' : ''}</span>}>
              {happenings.isError && <Failure error={happenings.error} />}
              {happenings.data && happenings.data.length >= mostHappenings && <p className="note warn small">The pods did more than is shown: the first {mostHappenings} of it.</p>}
              <Timeline document={d} findings={findings} happenings={[...(happenings.data ?? none), ...(requests.data ?? none)]} tactic={tactic} late={late} show={show} />
            </Panel>
            <div className="cols two">
              <Panel title="Why this is one incident">
                <ul className="plain-list">
                  {d.links.map((l) => (
                    <li key={l}>{visible(l)}</li>
                  ))}
                </ul>
                {d.links.length === 0 && <p className="muted">It is one finding.</p>}
              </Panel>
              <Related id={incident.id} d={d} />
            </div>
          </div>
          <div className="stack wide">
            <Case id={incident.id} expected={() => setExpected(true)} />
            <Affected d={d} />
            <Reach incident={incident} d={d} />
            <SeenThen d={d} coverage={incident.coverage} />
          </div>
        </div>
      </div>
      {search.get('finding') && <FindingDialog id={search.get('finding') ?? ''} close={() => change({ finding: '' })} />}
      {expected && (
        <Expected
          findings={findings}
          close={() => setExpected(false)}
          kept={() => {
            setExpected(false)
            decide.mutate({ status: 'closed', resolution: 'expected' })
          }}
        />
      )}
    </>
  )
}

/** Advised is what each rule of the incident says to do, the gravest first. */
function Advised({ findings }: { findings: FindingDocument[] }) {
  const rules = advice(findings)
  if (rules.length === 0) return null
  return (
    <details>
      <summary>What every rule advises</summary>
      {rules.map((r) => (
        <div key={r.rule}>
          <h3>{visible(r.title)}</h3>
          <ol className="plain-list numbered">
            {r.steps.map((step) => (
              <li key={step}>{visible(step)}</li>
            ))}
          </ol>
        </div>
      ))}
    </details>
  )
}

function Began({ d, root, show }: { d: IncidentDocument; root: FindingDocument | undefined; show: (finding: string) => void }) {
  const first = d.timeline[0]
  return (
    <Panel title="Where it began">
      {first ? (
        <div className="stack">
          <p>
            {first.time && `${dayOf(first.time)} ${clockOf(first.time)}: `}
            <strong>{visible(first.actor)}</strong> {visible(first.text)}
            {first.from && ` from ${visible(first.from)}${first.external ? ', outside the cluster’s networks' : ''}`}.
          </p>
          {root && (
            <button type="button" className="chip" onClick={() => show(root.id)}>
              <Mark level={root.severity} /> {visible(root.title)}
            </button>
          )}
        </div>
      ) : (
        <p className="muted">Its first finding is not kept any more.</p>
      )}
    </Panel>
  )
}

function Affected({ d }: { d: IncidentDocument }) {
  const parts: Record<string, string> = { caller: 'called', address: 'called', token: 'its token was used', target: 'was acted upon' }
  return (
    <Panel title="Affected">
      <div className="stack">
        <h3>Identities</h3>
        <ul className="plain-list">
          {d.actors.map((a) => (
            <li key={a.name}>
              <Pivot value={a.name} /> <span className="muted small">{a.kind}</span>
              <div className="small muted">
                {count(a.findings, 'finding')} · {visible(a.user_agents.join(', '))}
              </div>
              <div className="row wrap">
                {a.addresses.map((ip) => (
                  <Pivot key={ip} value={ip} />
                ))}
              </div>
            </li>
          ))}
        </ul>
        {d.pods.length > 0 && <h3>Pods</h3>}
        <ul className="plain-list">
          {d.pods.map((p) => (
            <li key={p.name}>
              <Pivot value={p.name} />
              <div className="small muted">
                {[p.workload, p.writer && `made by ${p.writer}`, ...p.parts.map((x) => parts[x] ?? x)].filter(Boolean).map((x) => visible(x)).join(' · ')}
              </div>
            </li>
          ))}
        </ul>
        <h3>Touched</h3>
        <ul className="plain-list">
          {d.targets.map((t) => (
            <li key={t}>{visible(t)}</li>
          ))}
          {d.targets_total > d.targets.length && <li className="muted">and {d.targets_total - d.targets.length} more</li>}
        </ul>
      </div>
    </Panel>
  )
}

/** SeenThen says what was watched while the incident lasted, and what was not. */
function SeenThen({ d, coverage }: { d: IncidentDocument; coverage?: Coverage }) {
  const who = useWho()
  const counts = useQuery<Map<string, number>, Failed>({
    queryKey: ['incident', d.id, 'tables', d.last_time],
    enabled: may(who, 'analyst') && Boolean(d.time && d.last_time),
    queryFn: async ({ signal }) => {
      const found = await rows(
        'declare query_parameters(first:datetime, last:datetime);\nunion withsource=table audit, process, file, network, dns, inventory | where time between ((first - 5m) .. (last + 5m)) | summarize n = count() by table',
        { first: d.time ?? '', last: d.last_time ?? '' },
        { signal },
      )
      return new Map(found.map((r) => [String(r['table']), Number(r['n'])]))
    },
  })
  const names: [string, string][] = [['audit', 'API requests'], ['process', 'Processes'], ['file', 'Files'], ['network', 'Connections'], ['dns', 'Names asked for'], ['inventory', 'What the cluster contains']]
  return (
    <Panel title="What was seen then">
      <div className="stack">
        {counts.data && (
          <ul className="plain-list">
            {names.map(([table, name]) => {
              const n = counts.data.get(table) ?? 0
              return (
                <li key={table} className="row">
                  <span className={n > 0 ? 'status-closed' : 'status-open'} aria-hidden="true">
                    {n > 0 ? '●' : '○'}
                  </span>
                  <span className="grow">{name}</span>
                  <span className={n > 0 ? 'num' : 'muted'}>{n > 0 ? count(n, 'event') : 'nothing came'}</span>
                </li>
              )
            })}
          </ul>
        )}
        {counts.data && !counts.data.get('process') && <p className="small muted">What ran inside the containers was not recorded, so what they did there is not known.</p>}
        {coverage && coverage.gaps.length > 0 ? (
          <Gaps coverage={coverage} />
        ) : coverage?.complete ? (
          <p className="small muted">Every source told all that it should have.</p>
        ) : (
          <p className="small muted">No ledger was kept of that time, so losses on the way cannot be told.</p>
        )}
      </div>
    </Panel>
  )
}

/** useLate says of findings by how many milliseconds their events came later than the others of the incident. */
function useLate(id: string, findings: FindingDocument[]): Map<string, number> {
  const who = useWho()
  const uids = useMemo(() => findings.flatMap((f) => f.event_uids.slice(0, 5)).slice(0, 300), [findings])
  const delays = useQuery<Map<string, number>, Failed>({
    queryKey: ['incident', id, 'late', uids.length],
    enabled: may(who, 'analyst') && uids.length > 0,
    queryFn: async ({ signal }) => {
      const found = await rows(`union audit, process, file, network, dns | where metadata.uid in (${uids.map(quoted).join(', ')}) | project metadata.uid, time, received_time`, {}, { signal })
      return new Map(found.map((r) => [String(r['metadata.uid']), Date.parse(String(r['received_time'])) - Date.parse(String(r['time']))]))
    },
  })
  return useMemo(() => {
    const out = new Map<string, number>()
    if (!delays.data || delays.data.size === 0) return out
    // A log that is read long after it was written makes all events late by its age; what counts is to be later than the pace of the rest.
    const sorted = [...delays.data.values()].sort((a, b) => a - b)
    const usual = sorted[Math.floor(sorted.length / 2)] ?? 0
    for (const f of findings) {
      const by = Math.max(...f.event_uids.slice(0, 5).map((u) => (delays.data.get(u) ?? usual) - usual), 0)
      if (by > 4 * lateAfter) out.set(f.id, by)
    }
    return out
  }, [delays.data, findings])
}
