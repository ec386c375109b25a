// What comes in at this moment: processes where a sensor runs, requests to the API server else.
import { useEffect, useState } from 'react'
import { address, Failed, request } from '../../api/client'
import { lines } from '../../api/lines'
import type { AnswerLine, Column } from '../../api/schema'
import { visible } from '../../format'
import { Link } from '../../router'
import { limited, may, useWho } from '../../session'
import { Empty, Failure, Panel, Time } from '../../ui/parts'
import { useSources } from './data'

/** kept events are shown, the latest first; more often than each beat, in milliseconds, nothing is drawn. */
const kept = 8
const beat = 500

/** Told is one event in short. */
interface Told {
  n: number
  at: string
  who: string
  what: string
  where: string
}

type Table = 'process' | 'audit'

const tell: Record<Table, (f: (name: string) => string) => Omit<Told, 'n' | 'at'>> = {
  process: (f) => ({ who: f('actor.user.name'), what: f('process.cmd_line') || f('process.name'), where: [f('k8s.namespace'), f('k8s.pod') || f('k8s.node')].filter(Boolean).join('/') }),
  audit: (f) => ({ who: f('actor.user.name'), what: [f('api.operation'), f('resource.type'), f('resource.name')].filter(Boolean).join(' '), where: f('k8s.namespace') }),
}

/** useLive watches a table while the page is looked at. */
function useLive(table: Table | undefined) {
  const [state, setState] = useState<{ told: Told[]; seen: number; error?: Failed }>({ told: [], seen: 0 })
  useEffect(() => {
    setState({ told: [], seen: 0 })
    if (!table) return
    let stop: AbortController | undefined
    let told: Told[] = []
    let seen = 0
    let drawn = 0
    const draw = () => {
      if (drawn === seen) return
      drawn = seen
      setState({ told, seen })
    }
    const watch = async (until: AbortController) => {
      const answer = await request('GET', address('/watch', { table }), undefined, 'application/x-ndjson', until.signal)
      let columns: Column[] = []
      for await (const line of lines<AnswerLine>(answer)) {
        if (line.type === 'header') columns = line.columns
        else if (line.type === 'rows') {
          for (const row of line.rows) {
            const f = (name: string) => visible(String(row[columns.findIndex((c) => c.name === name)] ?? ''))
            told = [{ n: ++seen, at: f('time'), ...tell[table](f) }, ...told].slice(0, kept)
          }
        } else if (line.type === 'trailer' && line.error) throw new Failed(line.error)
      }
    }
    const look = () => {
      if (document.hidden) {
        stop?.abort()
        stop = undefined
      } else if (!stop) {
        const until = (stop = new AbortController())
        watch(until).catch((e: unknown) => {
          if (!until.signal.aborted) setState({ told, seen, error: e instanceof Failed ? e : new Failed({ code: 'internal', message: String(e) }) })
        })
      }
    }
    look()
    const timer = setInterval(draw, beat)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      stop?.abort()
    }
  }, [table])
  return state
}

export function Live() {
  const who = useWho()
  const sources = useSources()
  const sensor = sources.data?.list.sources.some((s) => s.role === 'sensor' && !s.ended) ?? false
  const ready = may(who, 'analyst') && (limited(who) || !sources.isPending)
  const table: Table | undefined = ready ? (sensor ? 'process' : 'audit') : undefined
  const { told, seen, error } = useLive(table)
  const what = sensor ? 'processes' : 'requests to the API server'
  return (
    <Panel
      title="Coming in now"
      aside={
        table && (
          <span className="small muted num">
            {seen.toLocaleString('en')} {what} since you look
          </span>
        )
      }
    >
      {!may(who, 'analyst') ? (
        <Empty title="This is for analysts">Your role is {who.role}.</Empty>
      ) : error ? (
        <Failure error={error} />
      ) : told.length === 0 ? (
        <Empty title="Nothing yet">The next of the {what} stands here as soon as it comes.{!sensor && ' Processes stand here where a sensor runs.'}</Empty>
      ) : (
        <div className="scroll-x">
          <table className="table" aria-label="Events as they come">
            <tbody>
              {told.map((t) => (
                <tr key={t.n}>
                  <td className="small">
                    <Time at={t.at} date={false} />
                  </td>
                  <td>{t.who}</td>
                  <td className="mono small live-what">{t.what}</td>
                  <td className="small muted">{t.where}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="small">
            <Link to={`/hunt?q=${encodeURIComponent(`${sensor ? 'process' : 'audit'} | sort by time desc | take 100`)}&since=1h`}>Look at more of it</Link>
          </p>
        </div>
      )}
    </Panel>
  )
}
