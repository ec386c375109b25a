// What was seen and what was not: a heat map of every source over time, and the gaps in words.
import { useEffect, useMemo, useState } from 'react'
import type { Coverage as Statement } from '../../api/schema'
import { ago, clockOf, count, lasting, pathEnd, visible } from '../../format'
import { useSearch } from '../../router'
import { may, seesSources, useWho } from '../../session'
import { Gaps, NotYours } from '../../ui/Coverage'
import { Empty, Failure, Loading, Panel, Time } from '../../ui/parts'
import { Detail } from './Detail'
import { defaultSpan, spans, useGaps, useLedger, useSourceList, type SourceList } from './data'
import { HeatMap } from './HeatMap'
import { heat, marks, words, type Cell, type Line, type State } from './heat'

export default function Coverage() {
  const who = useWho()
  useEffect(() => {
    document.title = 'Coverage · Lynceus'
  }, [])
  return (
    <>
      <div className="page-head">
        <h1>Coverage</h1>
        <p className="muted">No finding says little where nothing was seen. This is what was.</p>
      </div>
      {seesSources(who) ? (
        <All />
      ) : (
        <div className="panel">
          <NotYours />
        </div>
      )}
    </>
  )
}

function All() {
  const [search, change] = useSearch()
  const span = spans[search.get('span') ?? ''] ? (search.get('span') as string) : defaultSpan
  const gaps = useGaps(span)
  const list = useSourceList()
  const failed = gaps.error ?? list.error
  if (failed) return <Failure error={failed} again={() => void Promise.all([gaps.refetch(), list.refetch()])} />
  if (!gaps.data || !list.data) return <Loading what="The ledger" lines={8} />
  return (
    <div className="stack wide">
      <Missing list={list.data} />
      <Panel
        title="Every source over time"
        aside={
          <label className="row small muted">
            The last
            <select className="field" value={span} onChange={(e) => change({ span: e.target.value })}>
              {Object.keys(spans).map((s) => (
                <option key={s}>{s}</option>
              ))}
            </select>
          </label>
        }
      >
        <Map span={span} gaps={gaps.data} list={list.data} />
      </Panel>
      <div className="cols two">
        <Panel title={gaps.data.gaps.length > 0 ? count(gaps.data.gaps.length + (gaps.data.more_gaps ?? 0), 'gap') : 'Gaps'}>
          {gaps.data.gaps.length > 0 ? <Gaps coverage={gaps.data} /> : <p>{list.data.sources.length > 0 ? `No gap in the last ${span}: every source told all of it.` : 'No source has reported yet.'}</p>}
        </Panel>
        <Panel title="Sources now">
          <Now list={list.data} />
        </Panel>
      </div>
    </div>
  )
}

function Missing({ list }: { list: SourceList }) {
  if (list.missing.length === 0) return null
  return (
    <ul className="plain-list" aria-label="Kinds of sources that are not there">
      {list.missing.map((m) => (
        <li key={m.role} className="note warn">
          <strong>Blind to {visible(m.what)}.</strong> <span className="muted">To see it: {visible(m.enable)}</span>
        </li>
      ))}
    </ul>
  )
}

/** shownAtFirst are the lines of the map until more are asked for: those with most to look at come first. */
const shownAtFirst = 40

function Map({ span, gaps, list }: { span: string; gaps: Statement; list: SourceList }) {
  const who = useWho()
  const ledger = useLedger(span)
  const [most, setMost] = useState(shownAtFirst)
  const [word, setWord] = useState('')
  const [open, setOpen] = useState<{ line: Line; cell: Cell } | null>(null)
  const lines = useMemo(() => (ledger.data ? heat(ledger.data, gaps.gaps, list.sources) : []), [ledger.data, gaps, list])
  if (!may(who, 'analyst')) return <Empty title="The map needs the role analyst">It is drawn from questions to the store, which a {who.role} may not ask. An administrator gives that role (lynceus token create --role analyst). All gaps stand below.</Empty>
  if (ledger.isPending) return <Loading what="The ledger" lines={6} />
  if (ledger.isError) return <Failure error={ledger.error} again={() => void ledger.refetch()} />
  if (lines.length === 0) return <Empty title="No source has reported in that time">{list.missing.length > 0 ? 'What there is to connect stands above.' : 'A source is drawn a minute after it began. Choose a longer time to see earlier ones.'}</Empty>
  const fits = lines.filter((l) => !word || `${l.cluster} ${l.node} ${l.source} ${l.role}`.toLowerCase().includes(word.toLowerCase()))
  return (
    <div className="stack">
      <Legend each={spans[span]?.each ?? ''} />
      {lines.length > 8 && <input className="field" type="search" placeholder="Node, cluster or source" aria-label="Search the sources" value={word} onChange={(e) => setWord(e.target.value)} />}
      {ledger.data.cut && <p className="note warn small">There are more accounts than are read at once: choose a shorter time for all of them.</p>}
      {fits.length === 0 ? <Empty title="No source is like that" /> : <HeatMap lines={fits.slice(0, most)} open={(line, cell) => setOpen({ line, cell })} />}
      {fits.length > most && (
        <p className="more">
          <button type="button" className="button" onClick={() => setMost(most + shownAtFirst)}>
            {count(fits.length - most, 'more source')}
          </button>
        </p>
      )}
      {open && <Detail line={open.line} cell={open.cell} step={ledger.data.step} close={() => setOpen(null)} />}
    </div>
  )
}

function Legend({ each }: { each: string }) {
  const shown: State[] = ['seen', 'some', 'quiet', 'late', 'shed', 'lost', 'silent']
  return (
    <ul className="heat-legend" aria-label={`What a cell, which is ${each}, says`}>
      {shown.map((s) => (
        <li key={s} className="heat">
          <i className={s} aria-hidden="true">
            {marks[s]}
          </i>
          {words[s]}
        </li>
      ))}
      <li className="muted">a cell is {each}; choose one to see what was lost where</li>
    </ul>
  )
}

function Now({ list }: { list: SourceList }) {
  if (list.sources.length === 0) return <Empty title="None has reported">A source is told here a minute after it began.</Empty>
  return (
    <div className="scroll-x">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">State</th>
            <th scope="col" className="right">
              Last minute
            </th>
            <th scope="col" className="right">
              Delay
            </th>
          </tr>
        </thead>
        <tbody>
          {list.sources.slice(0, 100).map((s) => {
            const lost = (s.last_minute['lost'] ?? 0) + (s.last_minute['shed'] ?? 0)
            const state = s.ended ? 'ended' : s.silent ? 'silent' : lost > 0 ? `${lost.toLocaleString('en')} lost` : 'well'
            return (
              <tr key={`${s.cluster}/${s.node}/${s.source}`}>
                <td title={visible(s.source)}>
                  {visible([s.node, pathEnd(s.source)].filter(Boolean).join(', '))} <span className="muted small">{visible(s.cluster)}</span>
                </td>
                <td className={state === 'well' ? 'status-closed' : 'status-open'}>
                  <span aria-hidden="true">{state === 'well' ? '●' : '○'}</span> {state}
                  <div className="small muted">{s.last ? <span title={clockOf(s.last)}>{ago(s.last)}</span> : <Time at={null} />}</div>
                </td>
                <td className="right num">{s.silent || s.ended ? 'nothing' : (s.last_minute['seen'] || s.last_minute['stored'] || 0).toLocaleString('en')}</td>
                <td className="right num">{s.delay_ns > 0 ? s.delay_ns < 1e10 ? `${(s.delay_ns / 1e9).toFixed(1)} s` : lasting(s.delay_ns / 1e6) : ''}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {list.sources.length > 100 && <p className="muted small">and {count(list.sources.length - 100, 'more source')}: the map above finds them by name</p>}
    </div>
  )
}
