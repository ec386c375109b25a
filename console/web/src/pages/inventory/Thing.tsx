// The page of one thing: what it is, what it belongs to, what was found about it, what it did last, and how it changed.
import type { ReactNode } from 'react'
import { count, nameOf, visible } from '../../format'
import { Link } from '../../router'
import { Empty, Failure, levels, Loading, Panel, Severity, Time } from '../../ui/parts'
import { Pivot } from '../../ui/Pivot'
import { useEvents, useFindings, usePast, type Past } from './about'
import { Access } from './Access'
import type { Asked } from './ask'
import { accountKinds } from './columns'
import type { Known } from './data'
import { Belongs } from './Belongs'
import { Rules } from './Rules'
import { containerOf, kinds, link, thing, type Frame, type Kind, type Thing } from './things'

type Which = Pick<Thing, 'kind' | 'cluster' | 'namespace' | 'what' | 'name'>

export function ThingPage({ of, known, old, asked, picker }: { of: Which; known: Known | undefined; old: boolean; asked: Asked; picker: ReactNode }) {
  const search = new URLSearchParams(location.search)
  const frame: Frame = { at: search.get('at') ?? '', cluster: '' }
  const back = new URLSearchParams({ kind: of.kind })
  if (frame.at) back.set('at', frame.at)
  const there = known && find(known, of)
  const t = there ?? thing(of.kind, of)
  const f = known?.findings(t)
  const level = f && levels[5 - f.worst]
  return (
    <>
      <div className="page-head">
        <div className="grow">
          <p className="small muted">
            <Link to={`/inventory?${back.toString()}`}>Inventory</Link> / {of.kind} {t.cluster && `/ ${visible(t.cluster)}`} {t.namespace && of.kind !== 'accounts' && `/ ${visible(t.namespace)}`}
          </p>
          <h1>{of.kind === 'accounts' ? nameOf(t.name) : visible(t.name)}</h1>
        </div>
        {picker}
      </div>
      <div className="row wrap page-chips">
        <span className="chip soft">{of.kind === 'accounts' ? (accountKinds[t.what] ?? visible(t.what)) : visible(t.what)}</span>
        {t.phase && <span className="chip soft">{visible(t.phase)}</span>}
        {level && <Severity level={level} />}
        {known && !there && <span className="chip">not there at this time</span>}
        {t.told === 'audit' && there && t.what !== 'Person' && <span className="chip">known from requests alone</span>}
      </div>
      {!known ? (
        <div className="panel">
          <Loading what="The inventory" lines={8} />
        </div>
      ) : (
        <div className={`stack wide${old ? ' old' : ''}`} aria-busy={old}>
          {!there && of.kind !== 'accounts' && <Absent of={of} told={known.snapshot.told} />}
          <div className="cols two">
            <Facts t={t} asked={asked} frame={frame} known={known} />
            <Findings t={t} asked={asked} />
          </div>
          {of.kind !== 'accounts' && <Belongs t={t} known={known} frame={frame} />}
          {of.kind === 'accounts' && t.what !== 'Group' && <Access user={t.name} cluster={t.told === 'audit' ? '' : t.cluster} asked={asked} frame={frame} />}
          {of.kind === 'roles' && <Rules t={t} asked={asked} />}
          {of.kind === 'accounts' && <Belongs t={t} known={known} frame={frame} />}
          <div className="cols two">
            <Events t={t} asked={asked} />
            <History t={t} asked={asked} />
          </div>
        </div>
      )}
    </>
  )
}

/** find looks a thing up; a link may not say of which cluster or kind it is. */
function find(known: Known, of: Which): Thing | undefined {
  const exact = known.relations.find(of)
  if (exact) return exact
  const fits = known.snapshot.lists[of.kind].filter((t) => t.name === of.name && (!of.cluster || t.cluster === of.cluster) && (!of.namespace || t.namespace === of.namespace) && (of.what === kinds[of.kind] || t.what === of.what))
  return fits.length === 1 ? fits[0] : undefined
}

function Absent({ of, told }: { of: Which; told: string }) {
  return (
    <p className="note warn">
      At this time there was no {kinds[of.kind].toLowerCase()} of this name{told === 'inventory' ? '' : ' that a request was about'}. Its changes below say when there was; choose a time above.
    </p>
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

function Facts({ t, asked, frame, known }: { t: Thing; asked: Asked; frame: Frame; known: Known }) {
  const past = usePast(t, asked)
  const go = (kind: Kind, name: string, more: Partial<Which> = {}) => (
    <Link to={link({ kind, cluster: t.cluster, name, ...more }, frame)}>{kind === 'accounts' ? nameOf(name) : visible(name)}</Link>
  )
  const [kind = '', workload = ''] = t.workload.split('/')
  return (
    <Panel title="Facts">
      <dl className="facts">
        {t.cluster && t.kind !== 'clusters' && <Fact name="Cluster">{go('clusters', t.cluster)}</Fact>}
        {t.namespace && <Fact name="Namespace">{go('namespaces', t.namespace)}</Fact>}
        {workload && <Fact name="Workload">{go('workloads', workload, { namespace: t.namespace, what: kind })} <span className="muted">{visible(kind)}</span></Fact>}
        {t.node && <Fact name="Node">{go('nodes', t.node)}</Fact>}
        {t.account && <Fact name="Account">{go('accounts', `system:serviceaccount:${t.account.replace('/', ':')}`)}</Fact>}
        {t.hostNetwork && <Fact name="Network">the node&rsquo;s own</Fact>}
        {t.addresses.length > 0 && (
          <Fact name={t.kind === 'accounts' ? 'Came from' : 'Addresses'}>
            <span className="row wrap">
              {t.addresses.map((a) => (
                <Pivot key={a} value={a} />
              ))}
            </span>
          </Fact>
        )}
        {t.images.length > 0 && t.kind !== 'images' && (
          <Fact name={t.kind === 'nodes' ? 'Images on it' : 'Images'}>
            <ul className="plain-list">
              {t.images.map((i) => (
                <li key={i} className="mono">
                  {go('images', i)}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {(past.data?.digests.length ?? 0) > 0 && (
          <Fact name="What runs">
            <ul className="plain-list mono small">
              {past.data?.digests.map((d) => <li key={d}>{visible(d)}</li>)}
            </ul>
          </Fact>
        )}
        {t.containers.length > 0 && (
          <Fact name="Containers">
            <ul className="plain-list small">
              {t.containers.map((c) => {
                const [name, id] = containerOf(c)
                return (
                  <li key={c}>
                    {visible(name)} <span className="mono muted">{visible(id)}</span>
                  </li>
                )
              })}
            </ul>
          </Fact>
        )}
        {t.created && <Fact name="Since"><Time at={t.created} /></Fact>}
        {t.requests > 0 && (
          <Fact name="Requests">
            {t.requests.toLocaleString('en')}
            {t.refused > 0 && <>, of which {t.refused.toLocaleString('en')} were refused</>}
          </Fact>
        )}
        {t.first && <Fact name="Seen in requests"><Time at={t.first} /> to <Time at={t.last} /></Fact>}
        {t.bound.length > 0 && t.kind === 'accounts' && (
          <Fact name="Roles bound to it">
            <span className="row wrap">
              {t.bound.map((b) => (
                <span key={b} className="chip">
                  {visible(b.slice(b.indexOf('/') + 1))}
                </span>
              ))}
            </span>
          </Fact>
        )}
        {(past.data?.labels.length ?? 0) > 0 && (
          <Fact name="Labels">
            <span className="row wrap">
              {past.data?.labels.map(([k, v]) => (
                <span key={k} className="chip soft mono">
                  {visible(k)}={visible(v)}
                </span>
              ))}
            </span>
          </Fact>
        )}
        <Fact name="Everything about it">
          <span className="row wrap">
            <Pivot value={t.name} />
            {t.uid && <Pivot value={t.uid} />}
          </span>
        </Fact>
      </dl>
      {t.told === 'audit' && t.kind !== 'accounts' && known.snapshot.told === 'audit' && <p className="small muted">Without an inventory its addresses, containers and labels are not known.</p>}
    </Panel>
  )
}

function Findings({ t, asked }: { t: Thing; asked: Asked }) {
  const about = useFindings(t, asked)
  if (t.kind === 'images') return null
  return (
    <Panel title="Findings and incidents" aside={<span className="small muted">of the time before</span>}>
      {about.isPending ? (
        <Loading what="The findings" lines={3} />
      ) : about.isError ? (
        <Failure error={about.error} again={() => void about.refetch()} />
      ) : about.data.findings.length === 0 ? (
        <p className="muted">None about it.</p>
      ) : (
        <div className="stack">
          {about.data.incidents.map((i) => (
            <div key={i.id} className="row wrap">
              <Severity level={i.severity} />
              <Link to={`/incidents/${i.id}`}>{visible(i.title)}</Link>
              <span className="chip soft">incident</span>
            </div>
          ))}
          <ul className="plain-list">
            {about.data.findings.slice(0, 12).map((f) => (
              <li key={f.id} className="row wrap">
                <Severity level={f.severity} />
                <Link to={`/findings?finding=${encodeURIComponent(f.id)}`}>{visible(f.title)}</Link>
                <span className="muted small">
                  {t.kind === 'accounts' ? visible(f.about) : nameOf(f.user)} <Time at={f.last} />
                </span>
              </li>
            ))}
          </ul>
          {about.data.findings.length > 12 && <p className="muted small">and {count(about.data.findings.length - 12, 'more', 'more')}</p>}
        </div>
      )}
    </Panel>
  )
}

const tables: Record<string, string> = { audit: 'request', process: 'process', file: 'file', network: 'connection', dns: 'name' }

function Events({ t, asked }: { t: Thing; asked: Asked }) {
  const events = useEvents(t, asked)
  if (t.kind === 'clusters') return null
  return (
    <Panel title="Last events" flat>
      {events.isPending ? (
        <Loading what="The events" lines={4} />
      ) : events.isError ? (
        <Failure error={events.error} again={() => void events.refetch()} />
      ) : events.data.length === 0 ? (
        <Empty title="No event about it">in the {asked.since} before this time{t.kind === 'images' ? '; what containers run is seen by sensors' : ''}.</Empty>
      ) : (
        <ul className="lines" tabIndex={0} aria-label="Last events">
          {events.data.map((e) => (
            <li key={e.uid} className="small">
              <span className="muted">
                <Time at={e.time} />
              </span>
              <span className="chip soft">{tables[e.table] ?? e.table}</span>
              <span className="grow">
                {t.kind !== 'accounts' && e.who && <strong>{nameOf(e.who)} </strong>}
                {visible(e.what)}
                {e.refused && <span className="high"> refused</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function History({ t, asked }: { t: Thing; asked: Asked }) {
  const past = usePast(t, asked)
  if (past.fetchStatus === 'idle' && past.isPending) return null
  return (
    <Panel title="How it changed" flat aside={<span className="small muted">by the inventory</span>}>
      {past.isPending ? (
        <Loading what="The changes" lines={4} />
      ) : past.isError ? (
        <Failure error={past.error} again={() => void past.refetch()} />
      ) : past.data.changes.length === 0 ? (
        <p className="muted empty">The inventory never told of it.</p>
      ) : (
        <Changes past={past.data} />
      )}
    </Panel>
  )
}

function Changes({ past }: { past: Past }) {
  return (
    <>
      <ul className="lines" tabIndex={0} aria-label="Changes">
        {past.changes.map((c, i) => (
          <li key={i} className="small">
            <span className="muted">
              <Time at={c.time} />
            </span>
            <span className="chip soft">{visible(c.change)}</span>
            <span className="grow">{visible(c.words)}</span>
          </li>
        ))}
      </ul>
      {past.document !== undefined && past.document !== null && (
        <details className="document-of">
          <summary className="small">The object as it was at this time</summary>
          <div className="document">
            <pre className="mono">{visible(JSON.stringify(past.document, null, 2))}</pre>
          </div>
        </details>
      )}
    </>
  )
}
