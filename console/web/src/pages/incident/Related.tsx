// Other incidents: those with somebody or something in common, and those that went the same way.
import { useQuery } from '@tanstack/react-query'
import { Failed, get } from '../../api/client'
import type { IncidentDocument } from '../../api/documents'
import type { Incident } from '../../api/schema'
import { listed, nameOf, visible } from '../../format'
import { Link } from '../../router'
import { Mark, Panel, Time } from '../../ui/parts'

/** shared is how many tactics make another incident similar. */
const shared = 3
/** most of each kind are listed. */
const most = 5

/** common says what another incident has in common with this one, "" for nothing. */
function common(i: Incident, d: IncidentDocument): string {
  if (d.actors.some((a) => a.name === i.user)) return `${nameOf(i.user)} again`
  if (i.namespace && d.pods.some((p) => p.name.startsWith(`${i.namespace}/`))) return `namespace ${i.namespace} again`
  if (i.about && d.targets.includes(i.about)) return `${i.about} again`
  return ''
}

export function Related({ id, d }: { id: string; d: IncidentDocument }) {
  const list = useQuery<{ incidents: Incident[] }, Failed>({ queryKey: ['incidents', 'related', id], queryFn: ({ signal }) => get('/incidents', { limit: 500 }, signal) })
  if (!list.data) return null
  const others = list.data.incidents.filter((i) => i.id !== id && !i.merged_into)
  const same = others.flatMap((i) => (common(i, d) ? [{ i, why: common(i, d) }] : []))
  const mine = new Set(d.tactics.map((t) => t.name))
  const similar = others
    .filter((i) => !common(i, d))
    .map((i) => ({ i, tactics: i.tactics.filter((t) => mine.has(t)) }))
    .filter((s) => s.tactics.length >= shared)
    .sort((a, b) => b.tactics.length - a.tactics.length)
  return (
    <Panel title="Related and similar incidents">
      <div className="stack">
        {same.length + similar.length === 0 && <p className="muted">{others.length === 0 ? 'There is no other incident.' : `No other incident has a person, a pod’s namespace or a target in common with it, or ${shared} tactics.`}</p>}
        <Others title="Related" list={same.slice(0, most)} more={same.length - most} />
        <Others title="Similar" list={similar.slice(0, most).map(({ i, tactics }) => ({ i, why: listed(tactics, 4) }))} more={similar.length - most} />
      </div>
    </Panel>
  )
}

function Others({ title, list, more }: { title: string; list: { i: Incident; why: string }[]; more: number }) {
  if (list.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      <ul className="plain-list">
        {list.map(({ i, why }) => (
          <li key={i.id}>
            <Mark level={i.severity} /> <span className="hidden">{i.severity}</span> <Link to={`/incidents/${i.id}`}>{visible(i.title)}</Link>
            <div className="muted small">
              {visible(why)} · {i.status} · <Time at={i.last_seen} />
            </div>
          </li>
        ))}
        {more > 0 && <li className="muted small">and {more} more</li>}
      </ul>
    </>
  )
}
