// Who talks to whom since a day who did not before: what the map calls new, each a way into it.
import { useQuery } from '@tanstack/react-query'
import { Failed, get } from '../../api/client'
import type { MapEdge, MapNode, TalkMap } from '../../api/schema'
import { count, dayOf, visible } from '../../format'
import { Link } from '../../router'
import { may, useWho } from '../../session'
import { Empty, Failure, Loading, Panel, Time } from '../../ui/parts'
import { kindOf, labelOf } from '../map/names'
import { dayMs } from './data'

/** most new pairs are shown; the server sends no more than these. */
const most = 10
/** anew is how often the store is asked, in milliseconds: summing a day of flows is no small question. */
const anew = 300_000

/** useEdges asks the map of a day for what is new in it. */
function useEdges(end: number | undefined) {
  const who = useWho()
  const to = Math.ceil((end ?? 0) / anew) * anew
  return useQuery<TalkMap, Failed>({
    queryKey: ['overview', 'edges', to],
    enabled: end !== undefined && may(who, 'analyst'),
    queryFn: ({ signal }) => get<TalkMap>('/map', { from: new Date(to - dayMs).toISOString(), to: new Date(to).toISOString(), new: most }, signal),
    staleTime: anew,
    retry: false,
  })
}

export function Edges({ end }: { end: number | undefined }) {
  const who = useWho()
  const edges = useEdges(end)
  if (!may(who, 'analyst')) return <Panel title="Talking for the first time"><Empty title="This is for analysts">Your role is {who.role}.</Empty></Panel>
  const map = edges.data
  return (
    <Panel
      title="Talking for the first time"
      aside={
        map && map.totals.new > 0 && (
          <Link className="small" to={onMap(map)}>
            {count(map.totals.new, 'pair')} on the map
          </Link>
        )
      }
    >
      {edges.isError ? <Failure error={edges.error} again={() => void edges.refetch()} /> : !map ? <Loading what="Who talks to whom" /> : <List map={map} />}
    </Panel>
  )
}

/** onMap is the address of the map narrowed to what is new in that day, and to an end of it. */
function onMap(map: TalkMap, at?: MapNode): string {
  return `/map?${new URLSearchParams({ from: map.from, to: map.to, verdict: 'new', ...(at ? { at: at.id } : {}) })}`
}

function List({ map }: { map: TalkMap }) {
  if (map.edges.length === 0) {
    if (!map.compared.flows && !map.compared.requests) return <Empty title="There is nothing to compare with">Nothing is stored from before {dayOf(map.from)}: who talks for the first time is known a day later.</Empty>
    return <Empty title="Nobody">{count(map.totals.edges, 'pair')} talked in the day, all of which did so the day before.</Empty>
  }
  return (
    <div className="stack">
      <div className="scroll-x">
        <table className="table" aria-label="Pairs that are new">
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col">To what</th>
              <th scope="col">By</th>
              <th scope="col">First seen</th>
            </tr>
          </thead>
          <tbody>
            {map.edges.map((e, i) => (
              <Pair key={i} edge={e} map={map} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted small">Compared with the day before, from {dayOf(map.before)}.{map.totals.new > map.edges.length && ` The latest ${map.edges.length}; the map has all.`}</p>
    </div>
  )
}

function Pair({ edge: e, map }: { edge: MapEdge; map: TalkMap }) {
  const src = map.nodes[e.src]
  const dst = map.nodes[e.dst]
  if (!src || !dst) return null
  return (
    <tr>
      <td>
        <End node={src} map={map} />
      </td>
      <td>
        <End node={dst} map={map} />
      </td>
      <td className="small">{e.kind === 'use' ? 'signing in' : visible((e.via ?? []).map((v) => v.name).join(', '))}</td>
      <td className="small">
        <Time at={e.first} />
      </td>
    </tr>
  )
}

function End({ node: n, map }: { node: MapNode; map: TalkMap }) {
  return (
    <>
      <Link to={onMap(map, n)}>
        {n.namespace ? `${visible(n.namespace)}/` : ''}
        {labelOf(n)}
      </Link>
      <div className="muted small">{kindOf(n)}</div>
    </>
  )
}
