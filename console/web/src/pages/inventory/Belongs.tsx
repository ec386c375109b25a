// What belongs to a thing: its pods with their containers, workloads, images, accounts, nodes.
import { useState, type ReactNode } from 'react'
import { count, nameOf, visible } from '../../format'
import { Link } from '../../router'
import { Panel } from '../../ui/parts'
import { shorten } from './columns'
import type { Known } from './data'
import { uniques } from './relations'
import { containerOf, ended, link, userOf, type Frame, type Kind, type Thing } from './things'

/** first is how many of each are shown at once. */
const first = 30

export function Belongs({ t, known, frame }: { t: Thing; known: Known; frame: Frame }) {
  const pods = known.relations.podsOf(t)
  const to = (kind: Kind, name: string, namespace = '', what = '') => link({ kind, cluster: t.cluster, name, namespace, what }, frame)
  const inside = (kind: Kind) => known.snapshot.lists[kind].filter((o) => o.cluster === t.cluster && (t.kind === 'clusters' || o.namespace === t.name))
  const parts: { name: string; of: { key: string; node: ReactNode }[] }[] = []
  const put = (name: string, list: { key: string; node: ReactNode }[]) => list.length > 0 && parts.push({ name, of: list })
  const chip = (kind: Kind, name: string, shown: string, namespace = '', what = '') => ({
    key: `${kind} ${namespace} ${what} ${name}`,
    node: (
      <Link to={to(kind, name, namespace, what)} className="chip" title={visible(name)}>
        {shown}
      </Link>
    ),
  })
  if (t.kind === 'clusters') put('Nodes', inside('nodes').map((n) => chip('nodes', n.name, visible(n.name))))
  if (t.kind === 'clusters') put('Namespaces', inside('namespaces').map((n) => chip('namespaces', n.name, visible(n.name))))
  if (t.kind === 'namespaces') put('Workloads', inside('workloads').map((w) => chip('workloads', w.name, visible(w.name), w.namespace, w.what)))
  if (['images', 'accounts', 'nodes'].includes(t.kind)) {
    put('Workloads', uniques(pods.map((p) => (p.workload ? `${p.namespace} ${p.workload}` : ''))).map((v) => {
      const [namespace = '', workload = ''] = v.split(' ')
      const [what = '', name = ''] = workload.split('/')
      return chip('workloads', name, `${visible(namespace)}/${visible(name)}`, namespace, what)
    }))
  }
  if (t.kind === 'namespaces') put('Accounts', inside('accounts').map((a) => chip('accounts', a.name, nameOf(a.name), a.namespace, a.what)))
  if (t.kind === 'workloads') put('Accounts', uniques(pods.map((p) => p.account)).map((a) => chip('accounts', userOf(a), visible(a))))
  if (['workloads', 'namespaces', 'images', 'accounts'].includes(t.kind)) put('Nodes', uniques(pods.map((p) => p.node)).map((n) => chip('nodes', n, visible(n))))
  if (['workloads', 'namespaces', 'nodes', 'accounts'].includes(t.kind)) put('Images', uniques(pods.flatMap((p) => p.images)).map((i) => chip('images', i, shorten(i))))
  if (t.kind === 'roles') put('Bound to', t.bound.map((u) => chip('accounts', u, nameOf(u))))
  const showsPods = !['pods', 'roles', 'clusters'].includes(t.kind) && pods.length > 0
  if (parts.length === 0 && !showsPods) return null
  return (
    <Panel title={t.kind === 'nodes' ? 'What runs on it' : 'What belongs to it'}>
      <div className="stack wide">
        {parts.length > 0 && (
          <dl className="facts">
            {parts.map((p) => (
              <Few key={p.name} name={p.name} of={p.of} />
            ))}
          </dl>
        )}
        {showsPods && <Pods pods={pods} at={to} node={t.kind !== 'nodes'} />}
      </div>
    </Panel>
  )
}

function Few({ name, of }: { name: string; of: { key: string; node: ReactNode }[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? of : of.slice(0, first)
  return (
    <>
      <dt>
        {name} <span className="num">{of.length > 1 ? of.length.toLocaleString('en') : ''}</span>
      </dt>
      <dd className="row wrap">
        {shown.map((o) => (
          <span key={o.key}>{o.node}</span>
        ))}
        {of.length > shown.length && (
          <button type="button" className="button quiet small" onClick={() => setAll(true)}>
            {(of.length - shown.length).toLocaleString('en')} more
          </button>
        )}
      </dd>
    </>
  )
}

function Pods({ pods, at, node }: { pods: Thing[]; at: (kind: Kind, name: string, namespace?: string) => string; node: boolean }) {
  const [most, setMost] = useState(first)
  const sorted = [...pods].sort((a, b) => Number(ended(a)) - Number(ended(b)))
  return (
    <div>
      <h3>{count(pods.length, 'pod')} and their containers</h3>
      <div className="scroll-x">
        <table className="table">
          <thead>
            <tr>
              <th>Pod</th>
              <th>State</th>
              {node && <th>Node</th>}
              <th>Account</th>
              <th>Containers</th>
              <th>Images</th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, most).map((p) => (
              <tr key={`${p.namespace}/${p.name}/${p.uid}`}>
                <td className="small">
                  <Link to={at('pods', p.name, p.namespace)}>{visible(p.name)}</Link>
                  <div className="muted">{visible(p.namespace)}</div>
                </td>
                <td className="small">{visible(p.phase)}</td>
                {node && <td className="small">{p.node && <Link to={at('nodes', p.node)}>{visible(p.node)}</Link>}</td>}
                <td className="small">{p.account && <Link to={at('accounts', userOf(p.account))}>{visible(p.account.slice(p.account.indexOf('/') + 1))}</Link>}</td>
                <td className="small">
                  {p.containers.map((c) => {
                    const [name, id] = containerOf(c)
                    return (
                      <div key={c}>
                        {visible(name)} <span className="mono muted">{visible(id)}</span>
                      </div>
                    )
                  })}
                </td>
                <td className="small">
                  {p.images.map((i) => (
                    <div key={i}>
                      <Link to={at('images', i)} title={visible(i)}>
                        {shorten(i)}
                      </Link>
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pods.length > most && (
        <p className="more">
          <button type="button" className="button" onClick={() => setMost(most + 200)}>
            Show {Math.min(200, pods.length - most)} more
          </button>
        </p>
      )}
    </div>
  )
}
