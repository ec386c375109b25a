import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { Failed, get, send } from '../../api/client'
import type { Column, SavedQuery } from '../../api/schema'
import { count, lasting, visible } from '../../format'
import { useSearch } from '../../router'
import { may, useWho } from '../../session'
import { CoverageNote } from '../../ui/Coverage'
import { Copy, Empty, Failure, Loading, Panel } from '../../ui/parts'
import { useAsk, type Answered, type Asked } from './ask'
import { Chart, chartOf } from './Chart'
import { Explain } from './Explain'
import { History } from './History'
import { remember } from './history'
import { Questions, wider } from './Questions'
import { Results } from './Results'
import { RuleDialog } from './RuleDialog'
import { rowsGraph } from './rowsGraph'
import { condition, everything, shown } from './values'

const Editor = lazy(() => import('./Editor'))
const Builder = lazy(() => import('./build/Builder'))
const RowsGraph = lazy(() => import('./RowsGraph'))

/** View is a form of an answer. */
type View = 'table' | 'chart' | 'graph'

/** bounded is a step that bounds the time as the page does. */
function bounded(since: string, from: string, to: string): string {
  if (from && to) return `\n| where time between (datetime(${from}) .. datetime(${to}))`
  return since ? `\n| where time > ago(${since})` : ''
}

const spans = ['', '1h', '24h', '7d', '30d', '90d']

export default function Hunt() {
  const who = useWho()
  useEffect(() => {
    document.title = 'Hunt · Lynceus'
  }, [])
  if (!may(who, 'analyst')) {
    return (
      <>
        <div className="page-head">
          <h1>Hunt</h1>
        </div>
        <div className="panel">
          <Empty title="Asking is for analysts">Your role is {who.role}. Findings and incidents are open to you.</Empty>
        </div>
      </>
    )
  }
  return <Asking />
}

function Asking() {
  const [search, change] = useSearch()
  const [text, setText] = useState(search.get('q') ?? '')
  const [params, setParams] = useState<Record<string, string>>(() => Object.fromEntries([...search].filter(([k]) => k.startsWith('p.')).map(([k, v]) => [k.slice(2), v])))
  const [view, setView] = useState<View>('table')
  const [building, setBuilding] = useState(search.get('build') === 'yes')
  const [open, setOpen] = useState<'' | 'history' | 'explain' | 'rule'>('')
  const who = useWho()
  const { answer, ask, cancel } = useAsk((a, done) => remember(who.name, { ...a, at: done.started, rows: done.rows.length, took: Date.now() - done.started, failed: done.error !== undefined }))
  const saved = useQuery<{ queries: SavedQuery[] }, Failed>({ queryKey: ['queries'], queryFn: ({ signal }) => get('/queries', {}, signal), staleTime: 60_000 })
  const since = search.get('since') ?? ''
  const from = search.get('from') ?? ''
  const to = search.get('to') ?? ''
  const chosen = saved.data?.queries.find((q) => q.query === text)
  const windowed = chosen?.params.find((p) => p.name === 'window')?.default
  // needed is the parameter that has to be given first; had is the time that a question looks back over and that had nothing.
  const [needed, setNeeded] = useState('')
  const [had, setHad] = useState('')

  const run = (next: Partial<Asked> = {}) => {
    const a: Asked = { query: text, params, since, from, to, ...next }
    if (!a.query.trim()) return
    if (next.query !== undefined) setText(next.query)
    if (next.params) setParams(next.params)
    const keep: Record<string, string> = { q: a.query, since: a.since, from: a.from, to: a.to }
    for (const k of search.keys()) if (k.startsWith('p.')) keep[k] = ''
    for (const [k, v] of Object.entries(a.params)) keep[`p.${k}`] = v
    change(keep, a.query !== search.get('q'))
    ask(a)
  }
  const runRef = useRef(run)
  runRef.current = run
  // What the address asks is asked at once, and again when it changes by going back or by a link.
  const linked = search.get('q') ?? ''
  const asked = useRef('')
  useEffect(() => {
    if (linked && linked !== asked.current) {
      asked.current = linked
      const p = Object.fromEntries([...new URLSearchParams(location.search)].filter(([k]) => k.startsWith('p.')).map(([k, v]) => [k.slice(2), v]))
      setText(linked)
      setParams(p)
      ask({ query: linked, params: p, since, from, to })
    }
  }, [linked, ask, since, from, to])
  const start = (next: Partial<Asked> = {}) => {
    setHad('')
    asked.current = next.query ?? text
    run(next)
  }
  // A question that finds nothing in its own time is asked of a longer one, unless somebody chose the time.
  useEffect(() => {
    if (!answer || answer.running || answer.canceled || answer.error || answer.rows.length > 0 || answer.of.query !== text) return
    const given = answer.of.params['window']
    const next = windowed && (!given || had) && !answer.of.since && !answer.of.from ? wider(given ?? windowed) : undefined
    if (!next) return
    setHad(windowed ?? '')
    runRef.current({ params: { ...answer.of.params, window: next } })
  }, [answer, text, windowed, had])
  const pick = (q: SavedQuery, needs = '') => {
    const p = Object.fromEntries(q.params.filter((x) => params[x.name] && x.name !== 'window').map((x) => [x.name, params[x.name] ?? '']))
    const lacking = q.params.find((x) => !p[x.name] && (!x.default || x.name === needs))
    if (!lacking) start({ query: q.query, params: p })
    else {
      setText(q.query)
      setParams(p)
      setNeeded(lacking.name)
    }
  }
  const behind = (p: Record<string, string>) => {
    const q = saved.data?.queries.find((x) => x.name === 'who')
    if (q) start({ query: q.query, params: p })
  }
  const filter = (c: Column, v: unknown, not: boolean) => {
    const line = condition(c, v, not)
    if (line) start({ query: `${text.trimEnd()}\n${line}` })
  }
  return (
    <>
      <div className="page-head">
        <h1>Hunt</h1>
        <Copy text={() => location.href}>Copy link</Copy>
      </div>
      <div className="stack wide">
        <div className="row wrap" role="group" aria-label="Questions">
          <Questions saved={saved.data?.queries ?? []} chosen={chosen?.name} pick={pick} />
          <label className="row small muted">
            Saved
            <select className="field" value={chosen?.name ?? ''} onChange={(e) => { const q = saved.data?.queries.find((x) => x.name === e.target.value); if (q) pick(q) }}>
              <option value="">choose…</option>
              {saved.data?.queries.map((q) => (
                <option key={q.name} value={q.name}>
                  {q.name}: {visible(q.title)}
                </option>
              ))}
            </select>
          </label>
          {chosen && !chosen.builtin && (
            <span className="muted small">
              Saved by {visible(chosen.author)}
              {chosen.description ? `: ${visible(chosen.description)}` : ''}
            </span>
          )}
        </div>
        <div className="panel">
          <div className="row wrap hunt-bar hunt-top" role="group" aria-label="Ways to write a query">
            <button type="button" className="chip" aria-pressed={!building} onClick={() => (setBuilding(false), change({ build: '' }))}>
              Text
            </button>
            <button type="button" className="chip" aria-pressed={building} onClick={() => (setBuilding(true), change({ build: 'yes' }))}>
              Builder
            </button>
            <span className="grow" />
            <button type="button" className="button quiet" onClick={() => setOpen('history')}>
              History
            </button>
            <button type="button" className="button quiet" disabled={!text.trim()} onClick={() => setOpen('explain')}>
              Explain
            </button>
            <button type="button" className="button quiet" disabled={!text.trim()} onClick={() => setOpen('rule')}>
              Make a rule…
            </button>
          </div>
          {building && (
            <Suspense fallback={<Loading what="The builder" />}>
              <Builder text={text} change={setText} span={bounded(since, from, to)} />
            </Suspense>
          )}
          <Suspense fallback={<Loading what="The editor" />}>
            <Editor value={text} change={setText} run={() => start()} params={params} />
          </Suspense>
          {chosen && chosen.params.length > 0 && (
            <div className="row wrap hunt-params">
              {chosen.params.map((p) => (
                <label key={p.name} className="labelled">
                  {p.name}
                  {p.doc ? `: ${visible(p.doc)}` : ''}
                  <input className="field" autoFocus={p.name === needed} value={params[p.name] ?? ''} placeholder={p.default || `${p.type}, needed`} onChange={(e) => setParams((now) => withParam(now, p.name, e.target.value))} onKeyDown={(e) => e.key === 'Enter' && start()} />
                </label>
              ))}
            </div>
          )}
          <div className="row wrap hunt-bar">
            <button type="button" className="button main-action" disabled={!text.trim()} onClick={() => start()}>
              Run
            </button>
            {answer?.running && (
              <button type="button" className="button" onClick={cancel}>
                Cancel
              </button>
            )}
            {(!windowed || since || from) && (
              <label className="row small muted">
                Events of the last
                <select className="field" value={from ? 'span' : since} onChange={(e) => start({ since: e.target.value, from: '', to: '' })}>
                  {from && <option value="span">chosen span</option>}
                  {spans.map((s) => (
                    <option key={s} value={s}>
                      {s || 'all time'}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <span className="muted small hide-narrow">
              <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs, <kbd>Ctrl</kbd> <kbd>Space</kbd> completes
            </span>
            <span className="grow" />
            <Keep text={text} />
          </div>
        </div>
        {open === 'history' && (
          <History
            who={who.name}
            close={() => setOpen('')}
            choose={(h) => {
              setOpen('')
              start({ query: h.query, params: h.params, since: h.since, from: h.from, to: h.to })
            }}
          />
        )}
        {open === 'explain' && <Explain asked={{ query: text, params, since, from, to }} answer={answer?.of.query === text ? answer : null} close={() => setOpen('')} />}
        {open === 'rule' && <RuleDialog query={text} params={params} since={since} close={() => setOpen('')} />}
        {answer ? <Answer answer={answer} had={had} view={view} setView={setView} filter={filter} behind={behind} pivot={(v) => start({ query: everything(shown(v)), params: {} })} zoom={(a, b) => start({ from: a, to: b, since: '' })} /> : <div className="panel"><Empty title="Nothing is asked yet">Choose a question, or write one: a table, then what to do with it, each step after a bar.</Empty></div>}
      </div>
    </>
  )
}

function withParam(now: Record<string, string>, name: string, value: string): Record<string, string> {
  const next = { ...now, [name]: value }
  if (!value) delete next[name]
  return next
}

interface AnswerProps {
  answer: Answered
  had: string
  view: View
  setView: (v: View) => void
  filter: (c: Column, v: unknown, not: boolean) => void
  behind: (params: Record<string, string>) => void
  pivot: (v: unknown) => void
  zoom: (from: string, to: string) => void
}

function Answer({ answer: a, had, view, setView, filter, behind, pivot, zoom }: AnswerProps) {
  const chart = useMemo(() => (a.running ? null : chartOf(a.columns, a.rows)), [a])
  const graph = useMemo(() => (a.running ? null : rowsGraph(a.columns, a.rows)), [a])
  const forms: View[] = ['table', ...(chart ? ['chart' as const] : []), ...(graph ? ['graph' as const] : [])]
  const form = forms.includes(view) ? view : 'table'
  const state = a.running
    ? `running${a.progress ? `, ${a.progress.scanned_rows.toLocaleString('en')} rows read` : ''}`
    : a.canceled
      ? 'canceled'
      : a.stats
        ? `in ${a.stats.elapsed_ns < 1e9 ? `${Math.max(1, Math.round(a.stats.elapsed_ns / 1e6))} ms` : lasting(a.stats.elapsed_ns / 1e6)}`
        : ''
  return (
    <Panel
      flat
      title={count(a.rows.length, 'row')}
      aside={
        <>
          <span className="muted small" role="status">
            {state}
          </span>
          {forms.length > 1 && (
            <span className="row" role="group" aria-label="Form">
              {forms.map((v) => (
                <button key={v} type="button" className="chip" aria-pressed={v === form} onClick={() => setView(v)}>
                  {v}
                </button>
              ))}
            </span>
          )}
        </>
      }
    >
      {(a.error || a.notes.length > 0 || a.coverage || had) && (
        <div className="stack hunt-notes">
          {had && !a.running && <p className="note small">Nothing in the last {had}: {a.rows.length > 0 ? `this is of the last ${a.of.params['window'] ?? ''}.` : 'nor in all that is stored.'}</p>}
          {a.error && a.error.code !== 'bad_query' && <Failure error={a.error} />}
          {a.error?.code === 'bad_query' && <Wrong error={a.error} />}
          {a.notes.map((n) => (
            <p key={n} className="note small">
              {visible(n)}
            </p>
          ))}
          <CoverageNote coverage={a.coverage} />
        </div>
      )}
      {a.rows.length === 0 ? (
        a.running ? <Loading what="The answer" /> : a.error || a.canceled ? null : <Empty title="No row">Nothing that is stored fits the question.</Empty>
      ) : (
        <>
          {chart && form !== 'graph' && (form === 'chart' || chart.histogram) && (
            <div className="hunt-chart">
              <Chart chart={chart} zoom={zoom} />
            </div>
          )}
          {graph && form === 'graph' && (
            <Suspense fallback={<Loading what="The graph" />}>
              <RowsGraph graph={graph} rows={a.rows.length} pivot={pivot} />
            </Suspense>
          )}
          {form === 'table' && <Results columns={a.columns} rows={a.rows} filter={filter} behind={behind} pivot={pivot} />}
        </>
      )}
    </Panel>
  )
}

function Wrong({ error }: { error: Failed }) {
  return (
    <div className="note bad" role="alert">
      {error.places.length === 0 && <strong>{visible(error.message)}</strong>}
      {error.places.map((p, i) => (
        <div key={i}>
          <strong>
            Line {p.line}, column {p.column}: {visible(p.message)}
          </strong>
          {p.snippet && <pre className="mono">{visible(p.snippet)}</pre>}
        </div>
      ))}
    </div>
  )
}

/** Keep saves the query for everybody, under a name. */
function Keep({ text }: { text: string }) {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [title, setTitle] = useState('')
  const keep = useMutation<SavedQuery, Failed>({
    mutationFn: () => send<SavedQuery>('PUT', `/queries/${encodeURIComponent(name.trim())}`, { query: text.startsWith('//') ? text : `// ${title.trim() || name.trim()}\n${text}` }),
    onSuccess: () => {
      setOpen(false)
      void client.invalidateQueries({ queryKey: ['queries'] })
    },
  })
  if (!open) {
    return (
      <button type="button" className="button" disabled={!text.trim()} onClick={() => setOpen(true)}>
        Save…
      </button>
    )
  }
  return (
    <form
      className="row wrap"
      onSubmit={(e) => {
        e.preventDefault()
        if (name.trim()) keep.mutate()
      }}
    >
      <input className="field word" autoFocus aria-label="Name of the query" placeholder="name" pattern="[a-z][a-z0-9_\-]*" value={name} onChange={(e) => setName(e.target.value)} />
      <input className="field" aria-label="What it asks" placeholder="what it asks" value={title} onChange={(e) => setTitle(e.target.value)} />
      <button type="submit" className="button" disabled={!name.trim() || keep.isPending}>
        Save
      </button>
      <button type="button" className="button quiet" onClick={() => setOpen(false)}>
        Not now
      </button>
      {keep.isError && <Failure error={keep.error} />}
    </form>
  )
}
