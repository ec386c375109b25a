// A rule written from nothing.
import { useEffect, useState } from 'react'
import { Link, navigate } from '../../router'
import { may, useWho } from '../../session'
import { Backtest } from '../../ui/Backtest'
import { RuleEditor, useChecked } from '../../ui/RuleEditor'
import { Empty, Failure, Panel } from '../../ui/parts'
import { prefix, useKeep } from './own'
import { useAct } from './Own'

/** begun is a rule that can be run as it is, to begin with. */
const begun = `title: Secret of payments read
id: ${prefix}secret_of_payments_read
logsource: {product: kubernetes, service: audit}
detection:
  selection:
    resource.type: secrets
    k8s.namespace: payments
    api.operation: [get, list]
  condition: selection
level: medium
`

export default function New() {
  const who = useWho()
  const [text, setText] = useState(begun)
  const { checked } = useChecked(undefined, text)
  const { error, busy, act } = useAct()
  const { keep } = useKeep(checked?.id ?? '')
  const whole = checked !== undefined && checked.errors.length === 0
  useEffect(() => {
    document.title = 'New rule · Lynceus'
  }, [])
  if (!may(who, 'responder')) return <Empty title="This is for responders">Keeping a rule needs the role responder; yours is {who.role}. <Link to="/rules">All rules</Link></Empty>
  const save = async (on: boolean) => {
    if (await act(() => keep({ document: text, query: '', on, note: '' }))) navigate(`/rules/${encodeURIComponent(checked?.id ?? '')}`)
  }
  return (
    <>
      <div className="page-head">
        <div className="grow stack">
          <p className="small">
            <Link to="/rules">Rules</Link>
          </p>
          <h1>New rule</h1>
        </div>
      </div>
      <div className="stack wide">
        <Panel title="Its text">
          <div className="stack">
            <p className="small muted">
              A Sigma document. Who would rather click makes a rule of a query on <Link to="/hunt?build=yes">Hunt</Link>.
            </p>
            <RuleEditor text={text} change={setText} />
            {error && <Failure error={error} />}
            <div className="row wrap">
              <button type="button" className="button main-action" disabled={busy || !whole} onClick={() => void save(true)}>
                Switch it on
              </button>
              <button type="button" className="button" disabled={busy || !whole} onClick={() => void save(false)}>
                Keep it switched off
              </button>
            </div>
          </div>
        </Panel>
        <Panel title="Try it on the past">
          <Backtest text={text} />
        </Panel>
      </div>
    </>
  )
}
