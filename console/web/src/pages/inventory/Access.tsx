// What an account may do, against what it did.
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Failed, get } from '../../api/client'
import type { AccountAccess, AccountDeed, AccountRight } from '../../api/schema'
import { count, listed, nameOf, visible } from '../../format'
import { Link } from '../../router'
import { CoverageNote } from '../../ui/Coverage'
import { Failure, Loading, Panel, Time } from '../../ui/parts'
import type { Asked } from './ask'
import { link, type Frame } from './things'

export function Access({ user, cluster, asked, frame }: { user: string; cluster: string; asked: Asked; frame: Frame }) {
  const access = useQuery<AccountAccess, Failed>({
    queryKey: ['inventory', 'access', user, cluster, asked.at, asked.since],
    queryFn: ({ signal }) => get<AccountAccess>('/account', { user, cluster, at: asked.at, since: asked.since }, signal),
    staleTime: 60_000,
  })
  if (access.isPending) {
    return (
      <div className="panel">
        <Loading what="What it may do" lines={6} />
      </div>
    )
  }
  if (access.isError) return <Failure error={access.error} again={() => void access.refetch()} />
  const a = access.data
  return (
    <>
      <Summary a={a} />
      <CoverageNote coverage={a.coverage} />
      <May a={a} frame={frame} />
      <Did a={a} frame={frame} />
    </>
  )
}

/** own are the rights that the account itself or a group of its own has; everybody has the others. */
function own(r: AccountRight): boolean {
  return !(r.subject.kind === 'Group' && /^system:(authenticated|unauthenticated|serviceaccounts)$/.test(r.subject.name))
}

function Summary({ a }: { a: AccountAccess }) {
  const unused = a.rights.filter((r) => r.requests === 0)
  const idle = [...new Set(unused.filter(own).flatMap((r) => r.powers))].filter((p) => !a.rights.some((r) => r.requests > 0 && r.powers.includes(p)))
  const refused = a.deeds.reduce((n, d) => n + d.refused, 0)
  const other = a.deeds.filter((d) => unexplained(d)).length
  const bindings = new Set(a.rights.map((r) => `${r.binding.kind} ${r.binding.namespace ?? ''} ${r.binding.name}`)).size
  return (
    <div className="stack" data-summary>
      <p className="story">
        {a.everything ? (
          <>It is in the group system:masters, so that no role limits it: it may do everything. </>
        ) : !a.known ? (
          <>What it may do is not known: no role or binding is known of that time. </>
        ) : a.rights.length === 0 ? (
          <>No role is bound to it. </>
        ) : (
          <>
            It may do what {count(a.rights.length, 'rule')} of {count(bindings, 'binding')} say, and used {count(a.rights.length - unused.length, 'of them', 'of them')}.{' '}
          </>
        )}
        It did {count(a.deeds.length, 'kind of thing', 'kinds of things')}
        {a.more_deeds ? ' and more' : ''}; {refused > 0 ? <strong>{count(refused, 'request was', 'requests were')} refused</strong> : 'nothing was refused'}.{' '}
        {a.known && !a.everything && other > 0 && <>For {count(other, 'kind', 'kinds')} of what was allowed no role is known. </>}
      </p>
      {idle.length > 0 && (
        <p className="note warn">
          <strong>Powerful and not used:</strong> it may {listed(idle, 12)}, and did nothing that needs it. Take such rights away, or make sure that they are meant.
        </p>
      )}
      {!a.known && (
        <p className="note warn">
          To know what it may do, let an agent watch the cluster: <code>lynceus up --kubeconfig FILE</code>, or <code>lynceus agent</code>. What the audit log says allowed its requests stands below.
        </p>
      )}
    </div>
  )
}

interface Group {
  name: string
  rights: AccountRight[]
}

function grouped(list: AccountRight[]): Group[] {
  const of = new Map<string, Group>()
  for (const r of list) {
    const name = `${r.binding.kind} ${r.binding.namespace ?? ''} ${r.binding.name}`
    const g = of.get(name)
    if (g) g.rights.push(r)
    else of.set(name, { name, rights: [r] })
  }
  const weight = (g: Group) => Number(g.rights.some(own)) * 100 + Number(g.rights.some((r) => r.powers.length > 0)) * 10
  return [...of.values()].sort((x, y) => weight(y) - weight(x) || x.name.localeCompare(y.name))
}

function May({ a, frame }: { a: AccountAccess; frame: Frame }) {
  const groups = useMemo(() => grouped(a.rights), [a])
  if (groups.length === 0 && a.missing_roles.length === 0) return null
  return (
    <Panel title="What it may do" aside={<span className="small muted">by the roles bound to it, and its groups {a.groups.map(visible).join(', ')}</span>} flat>
      <ul className="rights">
        {groups.map((g) => (
          <Bound key={g.name} group={g} frame={frame} cluster={a.cluster} />
        ))}
        {a.missing_roles.map((m) => (
          <li key={m.binding.kind + (m.binding.namespace ?? '') + m.binding.name} className="right-of small">
            {visible(m.binding.kind)} <strong>{visible(m.binding.name)}</strong> gives the {visible(m.role.kind)} <strong>{visible(m.role.name)}</strong>, which is not known: it was deleted, or may not be seen.
          </li>
        ))}
      </ul>
      {a.more_rights && <p className="small muted note">There are more than are listed.</p>}
    </Panel>
  )
}

function Bound({ group, frame, cluster }: { group: Group; frame: Frame; cluster: string }) {
  const [first] = group.rights
  if (!first) return null
  const used = group.rights.filter((r) => r.requests > 0)
  const powers = [...new Set(group.rights.flatMap((r) => r.powers))]
  const last = used.map((r) => r.last ?? '').sort().pop()
  return (
    <li className="right-of">
      <details>
        <summary>
          <strong>{visible(first.role.name)}</strong>{' '}
          <span className="muted small">
            {first.namespace ? `in namespace ${visible(first.namespace)}` : 'in the whole cluster'}
            {first.subject.kind === 'Group' ? `, through the group ${visible(first.subject.name)}` : ''}
          </span>{' '}
          <span className={`chip ${used.length === 0 ? 'unused' : 'soft'}`}>{used.length === 0 ? 'not used' : `${used.length.toLocaleString('en')} of ${count(group.rights.length, 'rule')} used`}</span>{' '}
          {powers.map((p) => (
            <span key={p} className={`chip power ${group.rights.some((r) => r.requests > 0 && r.powers.includes(p)) ? '' : 'unused'}`}>
              {visible(p)}
            </span>
          ))}
        </summary>
        <p className="small muted">
          By {visible(first.binding.kind)} {visible(first.binding.name)}
          {last && (
            <>
              , last used <Time at={last} />
            </>
          )}
          .{' '}
          <Link to={link({ kind: 'roles', what: first.role.kind, cluster, namespace: first.role.namespace, name: first.role.name }, frame)}>The role</Link>
        </p>
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th>Rule</th>
                <th>Used for</th>
                <th>Not used</th>
                <th className="right">Requests</th>
              </tr>
            </thead>
            <tbody>
              {[...group.rights].sort((x, y) => y.requests - x.requests).map((r, i) => (
                <tr key={i}>
                  <td className="small">
                    <span className="mono">{visible(r.verbs.join(', '))}</span> {visible([...r.resources, ...r.paths].join(', '))}
                    {r.names.length > 0 && <span className="muted"> named {visible(listed(r.names, 6))}</span>}
                    {r.groups.some((g) => g) && <span className="muted"> of {visible(listed(r.groups.map((g) => g || 'the core'), 4))}</span>}
                    {r.from.length > 0 && <span className="muted"> (from {visible(r.from.join(', '))})</span>}
                  </td>
                  <td className="small">
                    <Parts parts={r.used} more={r.more_used} />
                  </td>
                  <td className="small">{r.requests === 0 ? <span className="muted">nothing of it was used</span> : <Parts parts={r.unused} more={r.more_unused} />}</td>
                  <td className="right num">{r.requests > 0 ? r.requests.toLocaleString('en') : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </li>
  )
}

function Parts({ parts, more }: { parts: string[]; more: number }) {
  const [all, setAll] = useState(false)
  if (parts.length + more === 0) return <span className="muted">–</span>
  const shown = all ? parts : parts.slice(0, 5)
  const rest = parts.length - shown.length
  return (
    <>
      {visible(shown.join(', '))}
      {rest > 0 ? (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {' '}
          and {rest + more} more
        </button>
      ) : (
        more > 0 && <span className="muted"> and {more.toLocaleString('en')} more</span>
      )}
    </>
  )
}

/** unexplained deeds were allowed by something that is no role that is known. */
function unexplained(d: AccountDeed): boolean {
  return d.rights.length === 0 && d.requests > d.refused
}

type Show = '' | 'refused' | 'other'

function Did({ a, frame }: { a: AccountAccess; frame: Frame }) {
  const refused = a.deeds.filter((d) => d.refused > 0)
  const other = a.deeds.filter((d) => unexplained(d))
  const [show, setShow] = useState<Show>('')
  const [all, setAll] = useState(false)
  const kept = show === 'refused' ? refused : show === 'other' ? other : [...refused, ...a.deeds.filter((d) => d.refused === 0)]
  const shown = all ? kept : kept.slice(0, 25)
  const choices: [Show, string, number][] = [
    ['', 'all', a.deeds.length],
    ['refused', 'refused', refused.length],
    ['other', 'without a known role', a.known && !a.everything ? other.length : 0],
  ]
  return (
    <Panel
      title="What it did"
      flat
      aside={
        <span className="row wrap small">
          {choices
            .filter(([v, , n]) => v === '' || n > 0)
            .map(([v, name, n]) => (
              <button key={v} type="button" className="chip" aria-pressed={show === v} onClick={() => setShow(v)}>
                {name} <span className="muted num">{n}</span>
              </button>
            ))}
        </span>
      }
    >
      {a.deeds.length === 0 ? (
        <p className="muted empty">No request of it was seen in this time.</p>
      ) : (
        <div className="scroll-x">
          <table className="table did stacked">
            <thead>
              <tr>
                <th>Request</th>
                <th>Where</th>
                <th className="right">Times</th>
                <th className="right">Refused</th>
                <th>Last</th>
                <th>Allowed by</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((d, i) => (
                <tr key={i}>
                  <td className="small">
                    <span className="mono">{visible(d.verb)}</span> {visible(d.path || [d.resource, d.subresource].filter(Boolean).join('/'))}
                    {d.group && <span className="muted"> of {visible(d.group)}</span>}
                    {d.name && <span className="muted"> {visible(d.name)}</span>}
                  </td>
                  <td className="small" data-label="Where">{d.namespace ? <Link to={link({ kind: 'namespaces', cluster: a.cluster, name: d.namespace }, frame)}>{visible(d.namespace)}</Link> : <span className="muted">{d.path ? 'the API' : 'the cluster'}</span>}</td>
                  <td className="right num" data-label="Times">{d.requests.toLocaleString('en')}</td>
                  <td className="right num" data-label="Refused">{d.refused > 0 ? <strong className="high">{d.refused.toLocaleString('en')}</strong> : ''}</td>
                  <td className="small nowrap" data-label="Last">
                    <Time at={d.last} />
                  </td>
                  <td className="small" data-label="Allowed by">
                    <By d={d} a={a} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {kept.length > shown.length && (
        <p className="more">
          <button type="button" className="button" onClick={() => setAll(true)}>
            Show all {kept.length.toLocaleString('en')}
          </button>
        </p>
      )}
    </Panel>
  )
}

function By({ d, a }: { d: AccountDeed; a: AccountAccess }) {
  if (d.refused === d.requests) return <span className="muted">{d.rights.length > 0 ? 'refused then; a role allows it at this time' : 'nobody: it was refused'}</span>
  if (a.everything) return <span className="muted">system:masters</span>
  if (d.rights.length === 0) return <span>{reasonOf(d.reason) || <span className="muted">no role that is known: the node authorizer, a webhook, or a role that is no more</span>}</span>
  const names = [...new Set(d.rights.map((i) => a.rights[i]?.role.name ?? ''))].filter(Boolean)
  return <span title={visible(d.reason)}>{visible(listed(names, 3))}</span>
}

/** reasonOf is what the API server wrote of why it allowed something, without what is the same in all. */
function reasonOf(reason: string): string {
  return nameOf(visible(reason.replace(/^RBAC: allowed by /, '')))
}
