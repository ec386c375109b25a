import type { Incident } from '../../api/schema'
import { count, visible } from '../../format'
import { Link } from '../../router'
import { Severity, Time } from '../../ui/parts'
import { Status } from '../../ui/Status'
import { useIncident } from '../incident/data'
import { story } from '../incident/story'

/** first is how many steps of what to do are told here; the incident's page has all. */
const first = 3

/** Worst tells the gravest open incident: what happened, and with what to begin. */
export function Worst({ incident: i }: { incident: Incident }) {
  const d = useIncident(i.id).data?.document
  return (
    <li className="worst">
      <div className="stack">
        <Link to={`/incidents/${i.id}`} className="card-title">
          {visible(i.title)}
        </Link>
        <div className="row wrap small">
          <Severity level={i.severity} />
          <Status status={i.status} resolution={i.resolution} />
          {i.assignee && <span className="chip">{visible(i.assignee)}</span>}
          {i.cluster && <span className="chip soft">{visible(i.cluster)}</span>}
          <span className="muted">
            {count(i.findings.length, 'finding')}, {count(i.count, 'request')}, last <Time at={i.last_seen} />
          </span>
        </div>
        {d && <p>{story(d).map((s) => `${visible(s)} `)}</p>}
      </div>
      <div className="stack">
        {d && d.todo.length > 0 && (
          <>
            <h3>What to do first</h3>
            <ol className="plain-list numbered">
              {d.todo.slice(0, first).map((t) => (
                <li key={t}>{visible(t)}</li>
              ))}
            </ol>
          </>
        )}
        <Link to={`/incidents/${i.id}`} className="button main-action">
          See all of it{d && d.todo.length > first ? `, and ${count(d.todo.length - first, 'more step')}` : ''}
        </Link>
      </div>
    </li>
  )
}
