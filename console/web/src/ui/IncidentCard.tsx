import type { Incident } from '../api/schema'
import { count, visible } from '../format'
import { Link } from '../router'
import { Severity, Time } from './parts'
import { Status } from './Status'

/** IncidentCard is an incident in a list of cards. */
export function IncidentCard({ incident: i }: { incident: Incident }) {
  return (
    <li className="card">
      <div className="grow stack">
        <Link to={`/incidents/${i.id}`} className="card-title">
          {visible(i.title)}
        </Link>
        <div className="row wrap small">
          <Severity level={i.severity} />
          <Status status={i.status} resolution={i.resolution} />
          {i.assignee && <span className="chip">{visible(i.assignee)}</span>}
          {i.cluster && <span className="chip soft">{visible(i.cluster)}</span>}
          <span className="muted">
            {count(i.findings.length, 'finding')}, {count(i.count, 'request')}
          </span>
          {i.tactics.length > 0 && <span className="muted cut">{i.tactics.join(' → ')}</span>}
        </div>
      </div>
      <div className="card-time small muted">
        <Time at={i.last_seen} />
      </div>
    </li>
  )
}
