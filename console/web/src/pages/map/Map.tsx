// The map: who talks to whom over a time, from namespaces to pods, as a picture and as a table.
import { useCallback, useDeferredValue, useEffect, useMemo, useRef } from 'react'
import { clockOf, count, dayOf, visible } from '../../format'
import { useSearch } from '../../router'
import { limited, may, useWho } from '../../session'
import { CoverageNote } from '../../ui/Coverage'
import { FindingDialog } from '../../ui/FindingDetail'
import { Copy, Empty, Failure, Loading, Panel } from '../../ui/parts'
import { useMap, type Span, type TalkMap } from './data'
import { Lines } from './Lines'
import { closely, view, type Filter, type Verdict } from './model'
import { Picture, type Measure } from './Picture'
import { Chosen, Sums } from './Side'
import { bytesOf } from './sizes'
import { Trail, above } from './Trail'
import { Window } from './Window'
import './map.css'

export default function WhoTalks() {
  const who = useWho()
  useEffect(() => {
    document.title = 'Map · Lynceus'
  }, [])
  if (may(who, 'analyst')) return <Mapped />
  return (
    <>
      <div className="page-head">
        <h1>Map</h1>
      </div>
      <div className="panel">
        <Empty title="The map is for analysts">Your role is {who.role}. Findings and incidents are open to you.</Empty>
      </div>
    </>
  )
}

const verdicts: [Verdict, string][] = [
  ['', 'everything'],
  ['found', 'found by a rule'],
  ['refused', 'refused or failed'],
  ['new', 'new'],
]

function Mapped() {
  const who = useWho()
  const [search, change] = useSearch()
  // What is drawn follows what was chosen: who types or clicks sees that at once, however much there is to draw.
  const later = useDeferredValue(search)
  const now = (name: string) => search.get(name) ?? ''
  const get = (name: string) => later.get(name) ?? ''
  const span: Span = { since: get('since'), from: get('from'), to: get('to') }
  const at = get('at')
  const near = closely(at)
  const all = useMap(span, '', true)
  const close = useMap(span, at, near)
  const read = near && close.data && !close.isPlaceholderData ? close : all
  const map = read.data?.map
  const text = get('text')
  const source = get('source') as Filter['source']
  const verdict = get('verdict') as Verdict
  const shown = useMemo(() => map && view(map, at, { source, verdict, text }), [map, at, source, verdict, text])
  const into = useCallback((to: string) => change({ at: to, link: '' }, true), [change])
  const up = useCallback(() => {
    if (at) change({ at: above(at, map), link: '' }, true)
    return at
  }, [change, at, map])
  const hands = useRef<string | null>(null)
  const choose = useCallback((id: string) => change({ link: id }), [change])
  const link = shown?.links.find((l) => l.id === get('link'))
  const measure: Measure = get('by') === 'bytes' ? 'bytes' : 'often'
  const src = link && shown?.items.get(link.src)
  const dst = link && shown?.items.get(link.dst)
  const narrow = useCallback((v: Verdict) => change({ verdict: v }), [change])
  const narrowed = Boolean(source || verdict || text)
  return (
    <>
      <div className="page-head">
        <h1>Map</h1>
        <p className="muted" aria-live="polite">
          {map && `${dayOf(map.from)} ${clockOf(map.from).slice(0, 5)} to ${dayOf(map.to)} ${clockOf(map.to).slice(0, 5)} UTC`}
        </p>
        <Copy text={() => location.href}>Copy link</Copy>
      </div>
      <div className="filters">
        <Window span={span} map={map} change={(s) => change({ ...s, link: '' })} />
        <label className="row small muted">
          From
          <select className="field" value={now('source')} onChange={(e) => change({ source: e.target.value })}>
            <option value="">network and API</option>
            <option value="flow">the network</option>
            <option value="request">API requests</option>
          </select>
        </label>
        <label className="row small muted">
          Show
          <select className="field" value={now('verdict')} onChange={(e) => change({ verdict: e.target.value })}>
            {verdicts.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="row small muted">
          Breadth
          <select className="field" value={now('by') || 'often'} onChange={(e) => change({ by: e.target.value === 'bytes' ? 'bytes' : '' })}>
            <option value="often">how often</option>
            <option value="bytes">how much data</option>
          </select>
        </label>
        <input className="field word" type="search" placeholder="Name or address" aria-label="Name or address" value={now('text')} onChange={(e) => change({ text: e.target.value })} />
      </div>
      <div className="stack map-notes">
        <Told answer={all.data} limit={limited(who)} />
        <CoverageNote coverage={map?.coverage} />
      </div>
      {all.isPending || (near && close.isPending && !map) ? (
        <div className="panel">
          <Loading what="The map" lines={8} />
        </div>
      ) : read.isError && !map ? (
        <Failure error={read.error} again={() => void read.refetch()} />
      ) : map && shown && (map.edges.length === 0 && !at) ? (
        <div className="panel">
          <Nothing map={map} change={change} />
        </div>
      ) : (
        map &&
        shown && (
          <div className="cols aside">
            <div className="stack wide">
              <Panel flat title={<Trail at={at} map={map} into={into} />} aside={near && close.isPlaceholderData ? <span className="muted small" role="status">looking inside…</span> : undefined}>
                {shown.links.length === 0 ? (
                  <Empty title={narrowed ? 'Nothing is like that' : 'It did nothing in this time'}>{narrowed ? 'Widen what is shown above.' : 'Choose a longer time, or go back.'}</Empty>
                ) : (
                  <Picture key={at} view={shown} measure={measure} chosen={link?.id ?? ''} choose={choose} into={into} up={up} hands={hands} />
                )}
              </Panel>
              {shown.links.length > 0 && (
                <Panel flat title={count(shown.links.length, 'line')}>
                  <Lines view={shown} chosen={link?.id ?? ''} choose={choose} />
                </Panel>
              )}
            </div>
            <div className="stack wide">
              {link && src && dst && <Chosen link={link} src={src} dst={dst} map={map} close={() => choose('')} show={(id) => change({ finding: id }, true)} into={into} />}
              <Sums view={shown} map={map} narrow={narrow} choose={choose} />
            </div>
          </div>
        )
      )}
      {now('finding') && <FindingDialog key={now('finding')} id={now('finding')} close={() => change({ finding: '' })} />}
    </>
  )
}

/** Told says what whoever looks must know of the map: that it is of the past, of a part, or not whole. */
function Told({ answer, limit }: { answer?: { map: TalkMap; past: boolean }; limit: boolean }) {
  if (!answer) return null
  const { cut } = answer.map
  const left = [cut.edges > 0 && count(cut.edges, 'pair'), cut.nodes > 0 && count(cut.nodes, 'end'), cut.connections > 0 && count(cut.connections, 'connection'), cut.bytes > 0 && bytesOf(cut.bytes), cut.requests > 0 && count(cut.requests, 'request')].filter(Boolean)
  return (
    <>
      {answer.past && <p className="note">Nothing came in the last 24 hours; shown is the day up to the last that was seen.</p>}
      {limit && <p className="note">You see what concerns your part. Whoever is of another namespace stands as “elsewhere”.</p>}
      {(left.length > 0 || cut.partial) && (
        <p className="note warn">
          {left.length > 0 && <>Too much for one map: {left.join(', ')} with the least in them are left out. </>}
          {cut.partial && 'There was more in the store than is read for a map. '}Choose a shorter time to see all.
        </p>
      )}
    </>
  )
}

function Nothing({ map, change }: { map: TalkMap; change: (c: Record<string, string>) => void }) {
  if (map.latest) {
    const last = Date.parse(map.latest) + 1000
    return (
      <Empty title="Nobody talked in this time">
        <p>
          Something was seen last on {dayOf(map.latest)} at {visible(clockOf(map.latest))} UTC.
        </p>
        <button type="button" className="button" onClick={() => change({ since: '', from: new Date(last - 86_400_000).toISOString(), to: new Date(last).toISOString() })}>
          Show that day
        </button>
      </Empty>
    )
  }
  return (
    <Empty title="Nothing was seen yet">
      <p>The map is drawn from what sensors and Hubble see of the network, and from the audit log: who asked the API for what. Once one of them reports, it stands here.</p>
    </Empty>
  )
}
