// The server: what needs looking at, what it keeps, who tells it things, and whom it tells.
import { useQuery } from '@tanstack/react-query'
import { Failed, get } from '../../api/client'
import type { Condition, Status } from '../../api/schema'
import { ago, count, visible } from '../../format'
import { Empty, Failure, Loading, Panel, Time } from '../../ui/parts'

/** undelivered is the condition of notifications that do not arrive. */
const undelivered = 'notification-undelivered'

const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** size writes bytes in the unit in which they are below a thousand. */
function size(bytes: number): string {
  let n = bytes
  let unit = 0
  for (; n >= 1000 && unit < units.length - 1; unit++) n /= 1000
  return `${n.toLocaleString('en', { maximumFractionDigits: unit === 0 || n >= 100 ? 0 : 1 })} ${units[unit]}`
}

export function Server() {
  const status = useQuery<Status, Failed>({ queryKey: ['settings', 'status'], queryFn: ({ signal }) => get<Status>('/status', {}, signal), refetchInterval: 15_000 })
  if (status.isPending) return <Panel title="Server"><Loading what="The status" /></Panel>
  if (status.isError) return <Panel title="Server"><Failure error={status.error} again={() => void status.refetch()} /></Panel>
  const s = status.data
  return (
    <>
      <div className="cols two">
        <Panel title="Server">
          <dl className="facts">
            <dt>Version</dt>
            <dd>{visible(s.version) || 'not known'}</dd>
            <dt>Runs since</dt>
            <dd>
              <Time at={s.started} />
            </dd>
            <dt>Id of its store</dt>
            <dd>{visible(s.store)}</dd>
            <dt>Health</dt>
            <dd>{s.health}</dd>
          </dl>
          <Conditions of={s.conditions.filter((c) => c.code !== undelivered)} none="Nothing needs looking at." />
        </Panel>
        <Panel title="Notifications">
          <Conditions of={s.conditions.filter((c) => c.code === undelivered)} none="No notification waits undelivered." />
          <p className="small muted">
            Findings are posted as alerts where lynceus up was started with --falco-http URL. Whether they arrive is judged every few seconds, and a failure stands here, on the overview, and in the health of the server.
          </p>
        </Panel>
      </div>
      <Kept status={s} />
      <Sources status={s} />
    </>
  )
}

function Conditions({ of, none }: { of: Condition[]; none: string }) {
  if (of.length === 0) {
    return (
      <p>
        <span className="status-closed" aria-hidden="true">
          ●
        </span>{' '}
        {none}
      </p>
    )
  }
  return (
    <ul className="plain-list">
      {of.map((c) => (
        <li key={c.code + c.about} className={`note ${c.level === 'failure' ? 'bad' : 'warn'}`}>
          <strong>{c.level}</strong>: {visible(c.text)} {c.advice && <span className="muted small">{visible(c.advice)}</span>}
        </li>
      ))}
    </ul>
  )
}

function Kept({ status }: { status: Status }) {
  const tables = status.tables.filter((t) => t.rows > 0)
  return (
    <Panel title="What is kept" flat>
      {tables.length === 0 ? (
        <Empty title="Nothing is kept yet" />
      ) : (
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Table</th>
                <th scope="col" className="right">
                  Rows
                </th>
                <th scope="col" className="right">
                  Size
                </th>
                <th scope="col">Received from</th>
                <th scope="col">to</th>
              </tr>
            </thead>
            <tbody>
              {tables.map((t) => (
                <tr key={t.name}>
                  <td className="mono">{t.name}</td>
                  <td className="right num">{t.rows.toLocaleString('en')}</td>
                  <td className="right num nowrap">{size(t.bytes)}</td>
                  <td className="small">
                    <Time at={t.oldest} />
                  </td>
                  <td className="small">
                    <Time at={t.newest} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="small muted pad">
        How long events are kept is said at the start of the server: --retention [TABLE=]TIME and --max-size SIZE. The oldest go first; without either everything stays.
      </p>
    </Panel>
  )
}

function Sources({ status }: { status: Status }) {
  return (
    <Panel title="Who sends events" flat>
      {status.sources.length === 0 ? (
        <Empty title="Nobody sends events" />
      ) : (
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col" className="right">
                  Events since the start
                </th>
                <th scope="col">Unreadable</th>
                <th scope="col">Last</th>
              </tr>
            </thead>
            <tbody>
              {status.sources.map((s) => (
                <tr key={s.name}>
                  <td>{visible(s.name)}</td>
                  <td className="right num">{s.events.toLocaleString('en')}</td>
                  <td className="small">{s.broken > 0 ? <span className="status-open">{count(s.broken, 'document')}</span> : 'none'}</td>
                  <td className="small">{s.last ? ago(s.last) : 'never'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
