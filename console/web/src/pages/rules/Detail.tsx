// One rule: what it looks for and whether it can see that, its text and tests, what it found, and what it would have found.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { Failed, get } from '../../api/client'
import type { Rule, StoredOwnRule } from '../../api/schema'
import { count, visible } from '../../format'
import { Link } from '../../router'
import { Backtest } from '../../ui/Backtest'
import { RuleText } from '../../ui/RuleText'
import { Copy, Empty, Failure, Loading, Panel, Severity } from '../../ui/parts'
import { packOf, useMatrix } from './data'
import { History } from './History'
import { ownOf, prefix, useOwn } from './own'
import { Gone, OwnText } from './Own'
import { Sees } from './Sees'
import { Source } from './Source'
import { Switching } from './Switching'

export default function Detail({ id }: { id: string }) {
  const own = useOwn(id.startsWith(prefix) ? id : '')
  const rule = useQuery<Rule, Failed>({
    queryKey: ['rule', id],
    enabled: !id.startsWith(prefix) || own.data?.in_force || own.isError,
    queryFn: ({ signal }) => get<Rule>(`/rules/${encodeURIComponent(id)}`, {}, signal),
    staleTime: 15_000,
  })
  useEffect(() => {
    document.title = `${rule.data ? visible(rule.data.title) : 'Rule'} · Lynceus`
  }, [rule.data])
  if (own.data === null) return <Gone id={id} />
  if (own.data && !rule.data) return <Waiting own={own.data} />
  if (rule.isPending) return <Loading what="The rule" lines={8} />
  if (rule.isError) {
    if (rule.error.code !== 'not_found') return <Failure error={rule.error} again={() => void rule.refetch()} />
    return own.error?.code === 'not_found' ? <Gone id={id} /> : <Empty title="No such rule runs here">It may have been taken out, or renamed. <Link to="/rules">All rules</Link></Empty>
  }
  const r = rule.data
  const within = ownOf(r.file)
  return (
    <>
      <div className="page-head">
        <div className="grow stack">
          <p className="small">
            <Link to="/rules">Rules</Link> <span className="muted">/ {visible(packOf(r.file))}</span>
          </p>
          <h1>{visible(r.title)}</h1>
          <div className="row wrap">
            <Severity level={r.severity} />
            {r.techniques.map((t) => (
              <Link key={t.id} className="chip" to={`/rules?text=${encodeURIComponent(t.id)}`} title={t.name}>
                {t.id} {visible(t.name)}
              </Link>
            ))}
            {r.correlation && <span className="chip soft">joins other rules: {r.correlation}</span>}
            {r.silent && <span className="chip soft">feeds other rules only</span>}
          </div>
        </div>
        {own.data && !own.data.on ? <span className="sight off"><span aria-hidden="true">⏸</span> kept, and off</span> : <Switching rule={r} />}
      </div>
      <div className="stack wide">
        <Sight rule={r} />
        {within && within !== r.id && (
          <p className="note">
            Its text is part of another rule’s: <Link to={`/rules/${encodeURIComponent(within)}`}>{within}</Link>.
          </p>
        )}
        <div className="cols two">
          <Panel title="What it looks for">
            <div className="stack">
              <p>{visible(r.description)}</p>
              {r.risk && <p>{visible(r.risk)}</p>}
              <Listed title="When it is no attack" list={r.false_positives} />
              <dl className="facts">
                <Fact name="Reads">{(r.tables ?? [r.table]).join(', ')}</Fact>
                <Fact name="Asks for">
                  <span className="mono">{(r.fields ?? []).join(', ')}</span>
                </Fact>
                <Fact name="Tactics">{r.tactics.map((t) => t.name).join(', ')}</Fact>
                <Fact name="Stands in">
                  <span className="mono">
                    {visible(r.file)}:{r.line}
                  </span>
                </Fact>
                <Fact name="Id">
                  <span className="mono">{r.id}</span>
                </Fact>
              </dl>
            </div>
          </Panel>
          <Panel title="What to do when it finds something">
            {r.runbook.length === 0 ? (
              <p className="muted">The rule has no runbook.</p>
            ) : (
              <ol className="plain-list numbered">
                {r.runbook.map((t, i) => (
                  <li key={i}>{visible(t)}</li>
                ))}
              </ol>
            )}
            <References list={r.references} />
          </Panel>
        </div>
        <History rule={r} />
        {own.data ? (
          <OwnText key={own.data.revision} own={own.data} />
        ) : (
          <>
            <Panel title="Try it on the past">
              <Backtest rules={[r.id]} />
            </Panel>
            <Text rule={r} />
          </>
        )}
        <Tests rule={r} />
      </div>
    </>
  )
}

/** Waiting is a rule of one's own that is kept and not in force: not yet, or since it cannot be judged. */
function Waiting({ own }: { own: StoredOwnRule }) {
  return (
    <>
      <div className="page-head">
        <div className="grow stack">
          <p className="small">
            <Link to="/rules">Rules</Link>
          </p>
          <h1>{own.id}</h1>
        </div>
      </div>
      <div className="stack wide">
        <p className="note warn" role="status">
          It is kept, and not among the rules that are judged. That takes a few seconds; if this stays, something in its text is no longer known: it stands below.
        </p>
        <OwnText key={own.revision} own={own} />
      </div>
    </>
  )
}

function Sight({ rule }: { rule: Rule }) {
  const matrix = useMatrix('30d')
  const sees = matrix.data?.rules.find((x) => x.id === rule.id)
  if (!sees || sees.state === 'seen' || sees.state === 'off') return null
  return (
    <p className="note warn" data-sight={sees.state}>
      <Sees state={sees.state} /> <strong>{visible(sees.why)}.</strong> So this rule sees nothing, and that it found nothing says nothing. <span className="muted">To see it: {visible(sees.do)}</span>
    </p>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Listed({ title, list }: { title: string; list: string[] }) {
  if (list.length === 0) return null
  return (
    <div>
      <h3>{title}</h3>
      <ul className="plain-list">
        {list.map((t, i) => (
          <li key={i}>{visible(t)}</li>
        ))}
      </ul>
    </div>
  )
}

/** References are shown and not linked: the console leads nowhere else. */
function References({ list }: { list: string[] }) {
  if (list.length === 0) return null
  return (
    <details className="small">
      <summary>{count(list.length, 'reference')}</summary>
      <ul className="plain-list mono">
        {list.map((t) => (
          <li key={t}>{visible(t)}</li>
        ))}
      </ul>
    </details>
  )
}

function Text({ rule }: { rule: Rule }) {
  const [compiled, setCompiled] = useState(false)
  const text = rule.text ?? ''
  return (
    <Panel
      title="Its text"
      aside={
        <div className="row wrap" role="group" aria-label="Shown as">
          <button type="button" className="button" aria-pressed={!compiled} onClick={() => setCompiled(false)}>
            As written
          </button>
          <button type="button" className="button" aria-pressed={compiled} onClick={() => setCompiled(true)}>
            As compiled
          </button>
          {text && <Copy text={() => text}>Copy</Copy>}
        </div>
      }
    >
      {compiled ? <RuleText id={rule.id} /> : text ? <Source text={text} /> : <p className="muted">The file is not known.</p>}
    </Panel>
  )
}

function Tests({ rule }: { rule: Rule }) {
  const cases = rule.cases ?? []
  if (cases.length === 0) return <Panel title="Its tests"><p className="muted">The rule’s file has no tests.</p></Panel>
  return (
    <Panel title={`Its ${count(cases.length, 'test')}`}>
      <p className="small muted">They stand in the rule’s own file and run with lynceus rules test.</p>
      <ul className="plain-list">
        {cases.map((c, i) => (
          <li key={i}>
            <details>
              <summary>
                {visible(c.name || `Test ${i + 1}`)} <span className="chip soft">{c.match ? `must find${c.severity ? `, ${c.severity}` : ''}` : 'must find nothing'}</span>{' '}
                <span className="muted small">
                  {count(c.events.length, 'event')}
                  {c.history.length > 0 && ` after ${c.history.length.toLocaleString('en')} learned`}
                </span>
              </summary>
              {[...c.history, ...c.events].map((d, j) => (
                <div key={j} className="document" tabIndex={0} role="group" aria-label={`Event ${j + 1} of the test`}>
                  <pre className="mono">{visible(JSON.stringify(d, null, 1))}</pre>
                </div>
              ))}
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
