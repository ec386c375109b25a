// The inventory: what there was at a moment, of which kind, and how to see more where little is known.
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { count, visible } from '../../format'
import { Link, navigate, useSearch } from '../../router'
import { limited, may, useWho } from '../../session'
import { FacetBox } from '../../ui/FacetBox'
import { Empty, Failure, Loading } from '../../ui/parts'
import { facets, matches, type Facet } from './columns'
import { useClusters, useKnown, useMoment, type Known } from './data'
import { FacetList } from './Facets'
import { List } from './List'
import { MomentPicker } from './MomentPicker'
import { kinds, type Kind } from './things'
import { ThingPage } from './Thing'

const titles: Record<Kind, string> = { clusters: 'Clusters', nodes: 'Nodes', namespaces: 'Namespaces', workloads: 'Workloads', pods: 'Pods', images: 'Images', accounts: 'Accounts', roles: 'Roles' }

/** Inventory is the list of things, or the page of one. */
export default function Inventory({ kind }: { kind: string }) {
  const [search, change] = useSearch()
  const who = useWho()
  const at = search.get('at') ?? ''
  const cluster = search.get('cluster') ?? ''
  const since = search.get('since') ?? '30d'
  const moment = useMoment(at)
  const asked = moment && { at: moment.at, cluster, since }
  const known = useKnown(asked)
  const name = search.get('name') ?? ''
  const one = Object.hasOwn(kinds, kind) && name !== ''
  useEffect(() => {
    document.title = one ? `${visible(name)} · Lynceus` : 'Inventory · Lynceus'
  }, [one, name])
  if (!may(who, 'analyst')) {
    return (
      <>
        <div className="page-head">
          <h1>Inventory</h1>
        </div>
        <div className="panel">
          <Empty title="This needs the role analyst">What clusters contain is asked of the store, which a {who.role} may not do: an answer names accounts, addresses and what they may do. An administrator gives that role (lynceus token create --role analyst); incidents, findings and rules are open to you.</Empty>
        </div>
      </>
    )
  }
  const picker = <MomentPicker moment={moment} chosen={at} set={(v) => change({ at: v }, true)} />
  if (known.isError) {
    return (
      <>
        <div className="page-head">
          <h1>Inventory</h1>
          {picker}
        </div>
        <Failure error={known.error} again={() => void known.refetch()} />
      </>
    )
  }
  if (one && asked) {
    const t = { kind: kind as Kind, cluster, namespace: search.get('namespace') ?? '', what: search.get('what') || kinds[kind as Kind], name }
    return <ThingPage of={t} known={known.data} old={known.isPlaceholderData} asked={asked} picker={picker} />
  }
  return <Lists known={known.data} old={known.isPlaceholderData} picker={picker} at={at} />
}

function Lists({ known, old, picker, at }: { known: Known | undefined; old: boolean; picker: React.ReactNode; at: string }) {
  const [search, change] = useSearch()
  const kind = (Object.hasOwn(kinds, search.get('kind') ?? '') ? search.get('kind') : 'workloads') as Kind
  const cluster = search.get('cluster') ?? ''
  const clusters = useClusters()
  const [word, setWord] = useState(search.get('q') ?? '')
  const wanted = useDeferredValue(word.trim().toLowerCase())
  const all = useMemo(() => known?.snapshot.lists[kind] ?? [], [known, kind])
  const chosen = useMemo(() => new Map(facets[kind].map((f) => [f.name, new Set((search.get(f.name) ?? '').split('\n').filter(Boolean))])), [search, kind])
  const kept = useMemo(
    () => all.filter((t) => (!wanted || matches(t, wanted)) && facets[kind].every((f) => (chosen.get(f.name)?.size ?? 0) === 0 || f.of(t).some((v) => chosen.get(f.name)?.has(v)))),
    [all, wanted, chosen, kind],
  )
  const toggle = (f: Facet, value: string) => {
    const now = new Set(chosen.get(f.name))
    if (!now.delete(value)) now.add(value)
    change({ [f.name]: [...now].join('\n') })
  }
  const go = (k: Kind) => {
    const q = new URLSearchParams({ kind: k })
    if (at) q.set('at', at)
    if (cluster) q.set('cluster', cluster)
    setWord('')
    navigate(`/inventory?${q.toString()}`)
  }
  const names = [...new Set([...(clusters.data ?? []).map((c) => c.name), ...(cluster ? [cluster] : [])])]
  const narrowed = facets[kind].length > 0
  return (
    <>
      <div className="page-head">
        <h1>Inventory</h1>
        {picker}
      </div>
      <div className="row wrap tabs" role="tablist" aria-label="Kinds of things">
        {(Object.keys(kinds) as Kind[]).map((k) => (
          <button key={k} type="button" role="tab" className="chip tab" aria-selected={k === kind} onClick={() => go(k)}>
            {titles[k]} <span className="muted num">{known ? known.snapshot.lists[k].length.toLocaleString('en') : ''}</span>
          </button>
        ))}
      </div>
      <div className="filters" role="search">
        <input className="field" type="search" aria-label={`Search ${titles[kind].toLowerCase()}`} placeholder="Name, node, image, address…" value={word} onChange={(e) => setWord(e.target.value)} onBlur={() => change({ q: word.trim() })} />
        {names.length > 1 && (
          <label className="row small muted">
            Cluster
            <select className="field" value={cluster} onChange={(e) => change({ cluster: e.target.value })}>
              <option value="">all clusters</option>
              {names.map((n) => (
                <option key={n} value={n}>
                  {visible(n)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="row small muted">
          Requests and findings of
          <select className="field" value={search.get('since') ?? '30d'} onChange={(e) => change({ since: e.target.value === '30d' ? '' : e.target.value })}>
            <option value="24h">the day before</option>
            <option value="7d">7 days before</option>
            <option value="30d">30 days before</option>
          </select>
        </label>
        <span className="small muted" aria-live="polite">
          {known && (kept.length === all.length ? count(all.length, kinds[kind].toLowerCase()) : `${kept.length.toLocaleString('en')} of ${count(all.length, kinds[kind].toLowerCase())}`)}
        </span>
      </div>
      {known && <Told known={known} />}
      {!known ? (
        <div className="panel">
          <Loading what="The inventory" lines={8} />
        </div>
      ) : all.length === 0 ? (
        <div className="panel">
          <None kind={kind} known={known} />
        </div>
      ) : (
        <div className={`${narrowed ? 'with-facets' : ''}${old ? ' old' : ''}`} aria-busy={old}>
          {narrowed && (
            <FacetBox key={kind} chosen={[...chosen.values()].reduce((n, values) => n + values.size, 0)}>
              {facets[kind].filter((f) => f.name !== 'in' || known.snapshot.lists.clusters.length > 1).map((f) => (
                <FacetList key={kind + f.name} facet={f} things={all} chosen={chosen.get(f.name) ?? new Set()} toggle={toggle} />
              ))}
            </FacetBox>
          )}
          <div className="panel">
            {kept.length === 0 ? (
              <Empty title={`No ${kinds[kind].toLowerCase()} is like that`}>Take some of the facets or the search back.</Empty>
            ) : (
              <List kind={kind} things={kept} known={known} frame={{ at, cluster }} order={search.get('order') ?? ''} setOrder={(order) => change({ order })} />
            )}
          </div>
        </div>
      )}
    </>
  )
}

/** Told says where all this is from, where that is not the inventory, and how to have one. */
function Told({ known }: { known: Known }) {
  const who = useWho()
  const { told, part } = known.snapshot
  return (
    <>
      {told === 'audit' && (
        <div className="note warn">
          <p>
            <strong>No inventory is known of this time.</strong> What stands here is what requests to the API reveal: objects that somebody wrote or read, and who asked. Objects that nobody touched are missing, and so are addresses, containers and who is bound to
            which role.
          </p>
          <HowTo />
        </div>
      )}
      {part && <p className="note warn">There is more than 60,000 objects; this is a part of them. Choose one cluster to see the rest.</p>}
      {limited(who) && <p className="small muted">You see a part of the installation; what is of no namespace, such as nodes and cluster roles, may be missing for that reason.</p>}
    </>
  )
}

function HowTo() {
  return (
    <p className="small muted">
      To know it: run <code>lynceus up --kubeconfig FILE</code>, or <code>lynceus agent</code> in the cluster. It needs to list and watch, and changes nothing.
    </p>
  )
}

function None({ kind, known }: { kind: Kind; known: Known }) {
  if (known.snapshot.told === 'nothing') {
    return (
      <Empty title="Nothing is known of this time">
        <p>Neither an inventory nor a request to the API is there. The time may be before the store begins, or nothing may report yet.</p>
        <HowTo />
        <p>
          <Link to="/overview">What is seen, and what is not</Link>
        </p>
      </Empty>
    )
  }
  return <Empty title={`No ${kinds[kind].toLowerCase()} is known of this time`}>{known.snapshot.told === 'audit' ? 'No request was about one. An inventory would tell.' : 'The agent reports none, or may not see them.'}</Empty>
}
