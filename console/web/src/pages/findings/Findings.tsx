import { useCallback, useEffect, useMemo, useState } from 'react'
import type { Finding, FindingGroup, TriageStep } from '../../api/schema'
import { count } from '../../format'
import { useSearch } from '../../router'
import { may, useWho } from '../../session'
import { CoverageNote } from '../../ui/Coverage'
import { FindingDialog } from '../../ui/FindingDetail'
import { Empty, Failure, Loading } from '../../ui/parts'
import { useGroups, useList, useSummary, withGroup } from './data'
import { Facets } from './Facets'
import { facets, filterOf, filterText, filterWords, groupingOf, groupings, values } from './filter'
import { Filters } from './Filters'
import { groupLines, listLines } from './lines'
import { nothing, pick, wholeOf, type Picked } from './picked'
import { Table, type TableActs } from './Table'
import { Done, Steps, TriageBar } from './Triage'

export default function Findings() {
  const who = useWho()
  const able = may(who, 'responder')
  const [search, change] = useSearch()
  const by = groupingOf(search)
  const sort = search.get('sort') ?? ''
  const key = [...search].filter(([name]) => !['finding', 'by', 'sort'].includes(name)).join('&')
  // Only what is asked for makes a filter anew, and with it what is read.
  const filter = useMemo(() => filterOf(search), [key])
  const filtered = Object.keys(filter).length > 0
  const summary = useSummary(filter, by)
  const list = useList(filter, sort, by === '')
  const [turned, setTurned] = useState<Set<string>>(new Set())
  const [picked, setPicked] = useState<Picked>(nothing)
  const [step, setStep] = useState<TriageStep>()
  const [steps, setSteps] = useState(false)
  useEffect(() => {
    document.title = 'Findings · Lynceus'
  }, [])
  useEffect(() => {
    setPicked(nothing)
    setTurned(new Set())
  }, [filter, by])

  const groups = useMemo(() => (by ? (summary.data?.groups ?? []) : []), [by, summary.data])
  // A few small groups stand open at first.
  const few = groups.length <= 8 && (summary.data?.total ?? 0) <= 100
  const open = useMemo(() => new Set(groups.map((g) => g.value).filter((v) => turned.has(v) !== few)), [groups, turned, few])
  const pages = useGroups(filter, by, groups.filter((g) => open.has(g.value)))
  const findings = useMemo(() => list.data?.pages.flatMap((p) => p.findings) ?? [], [list.data])
  const lines = useMemo(() => (by ? groupLines(groups, open, pages) : listLines(findings, list.hasNextPage)), [by, groups, open, pages, findings, list.hasNextPage])
  const chosen = useMemo(() => new Map(Object.keys(facets).map((name) => [name, new Set(values(search, name))])), [search])
  const toggle = useCallback(
    (name: string, value: string) => {
      const now = new Set(values(new URLSearchParams(location.search), name))
      if (!now.delete(value)) now.add(value)
      change({ [name]: [...now].join('\n') })
    },
    [change],
  )
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const asOf = summary.data?.as_of ?? ''
  const acts: TableActs = useMemo(
    () => ({
      open: (id) => change({ finding: id }, true),
      pick: (rows: Finding[], on) => setPicked((p) => pick(p, rows, on)),
      pickGroup: (g: FindingGroup, on) => setPicked(on ? wholeOf(withGroup(filter, by, g), asOf, g.count, `${groupings[by]}: ${g.title || g.value}`) : nothing),
      unfold: (value) =>
        setTurned((t) => {
          const next = new Set(t)
          if (!next.delete(value)) next.add(value)
          return next
        }),
      only: (value) => change({ [by]: value, by: '' }),
      more: () => {
        if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
      },
    }),
    [change, filter, by, asOf, hasNextPage, isFetchingNextPage, fetchNextPage],
  )
  const all = picked.whole?.key === filterText(filter)
  const s = summary.data
  const total = s?.total ?? 0
  const stale = by ? summary.isPlaceholderData : list.isPlaceholderData
  return (
    <>
      <div className="page-head">
        <h1>Findings</h1>
        <p className="muted" aria-live="polite">
          {s && (total === s.known ? count(total, 'finding') : `${total.toLocaleString('en')} of ${count(s.known, 'finding')}`)}
          {s && total > 0 && s.open < total && `, ${s.open.toLocaleString('en')} not closed`}
          {s && by && `, in ${count(s.groups.length + s.others, 'group')}`}
        </p>
        <button type="button" className="button quiet" onClick={() => setSteps(true)}>
          Decisions…
        </button>
      </div>
      <Filters search={search} change={change} filter={filter} filtered={filtered} />
      {s?.left && <p className="note small">There are more findings than a list holds: the oldest are left out. Hunt finds them in the table finding.</p>}
      <CoverageNote coverage={list.data?.pages[0]?.coverage} />
      {step && <Done step={step} undone={setStep} close={() => setStep(undefined)} />}
      {summary.isPending || (by === '' && list.isPending) ? (
        <div className="panel">
          <Loading what="The findings" lines={8} />
        </div>
      ) : summary.isError ? (
        <Failure error={summary.error} again={() => void summary.refetch()} />
      ) : list.isError ? (
        <Failure error={list.error} again={() => void list.refetch()} />
      ) : s && s.known === 0 ? (
        <div className="panel">
          <Empty title="No finding">No rule matched what came so far. Whether everything came is another question: the overview says.</Empty>
        </div>
      ) : (
        <div className="with-facets">
          {s && <Facets summary={s} chosen={chosen} toggle={toggle} />}
          <div className="panel">
            <TriageBar
              picked={picked}
              total={total}
              pickAll={() => setPicked(wholeOf(filter, asOf, total, filterWords(filter)))}
              clear={() => setPicked(nothing)}
              done={(made) => {
                setStep(made)
                setPicked(nothing)
              }}
            />
            {lines.length === 0 ? (
              <Empty title="No finding is like that">Widen the filters, or take some of the facets back.</Empty>
            ) : (
              <Table
                lines={lines}
                total={by ? lines.length : total}
                by={by}
                stale={stale}
                able={able}
                picked={(id) => picked.ids.has(id) || all}
                groupPicked={(g) => all || picked.whole?.key === filterText(withGroup(filter, by, g))}
                acts={acts}
              />
            )}
          </div>
        </div>
      )}
      {steps && <Steps able={able} close={() => setSteps(false)} />}
      {search.get('finding') && <FindingDialog key={search.get('finding')} id={search.get('finding') ?? ''} close={() => change({ finding: '' })} />}
    </>
  )
}
