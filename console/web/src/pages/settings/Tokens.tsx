import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Failed, get, send } from '../../api/client'
import type { MadeToken, Token } from '../../api/schema'
import { listed, visible } from '../../format'
import { Copy, Dialog, Empty, Failure, Loading, Panel, Time } from '../../ui/parts'
import { NewToken } from './NewToken'

export function Tokens() {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [made, setMade] = useState<MadeToken | null>(null)
  const [leaving, setLeaving] = useState<Token | null>(null)
  const list = useQuery<Token[], Failed>({ queryKey: ['settings', 'tokens'], queryFn: async ({ signal }) => (await get<{ tokens: Token[] }>('/tokens', {}, signal)).tokens })
  const again = () => client.invalidateQueries({ queryKey: ['settings', 'tokens'] })
  return (
    <Panel
      title="Tokens"
      flat
      aside={
        <button type="button" className="button main-action" onClick={() => setOpen(true)}>
          New token…
        </button>
      }
    >
      {list.isPending ? <Loading what="The tokens" /> : list.isError ? <Failure error={list.error} again={() => void list.refetch()} /> : <List tokens={list.data} revoke={setLeaving} />}
      {open && (
        <NewToken
          close={() => setOpen(false)}
          made={(t) => {
            setOpen(false)
            setMade(t)
            void again()
          }}
        />
      )}
      {made && <Made token={made} close={() => setMade(null)} />}
      {leaving && (
        <Revoke
          token={leaving}
          close={() => {
            setLeaving(null)
            void again()
          }}
        />
      )}
    </Panel>
  )
}

/** about says what a token is limited to, or which cluster it is for. */
function about(t: Token): string {
  const of = [...(t.scope?.clusters ?? []).map((c) => `cluster ${c}`), ...(t.scope?.namespaces ?? []).map((n) => `namespace ${n}`)]
  if (t.cluster) of.push(`for cluster ${t.cluster}${t.node ? `, node ${t.node}` : ''}`)
  return of.length > 0 ? visible(listed(of, 8)) : 'everything'
}

function List({ tokens, revoke }: { tokens: Token[]; revoke: (t: Token) => void }) {
  if (tokens.length === 0) return <Empty title="No token was made" />
  return (
    <div className="scroll-x">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Sees</th>
            <th scope="col">Made</th>
            <th scope="col">Ends</th>
            <th scope="col">
              <span className="hidden">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((t) => (
            <tr key={t.id}>
              <td>{visible(t.name)}</td>
              <td>{t.role}</td>
              <td className="small">{about(t)}</td>
              <td className="small">
                <Time at={t.created} /> <span className="muted">by {visible(t.created_by)}</span>
              </td>
              <td className="small">{t.expires ? <Time at={t.expires} /> : 'never'}</td>
              <td className="right">
                <button type="button" className="button" onClick={() => revoke(t)}>
                  Revoke<span className="hidden"> {visible(t.name)}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Made({ token, close }: { token: MadeToken; close: () => void }) {
  return (
    <Dialog title={`The token of ${visible(token.name)}`} close={close}>
      <div className="stack">
        <p>It is shown this once. Lynceus keeps only its hash.</p>
        <pre className="document wrap-text" tabIndex={0} aria-label="The token">
          {token.secret}
        </pre>
        <div className="row">
          <Copy text={() => token.secret}>Copy</Copy>
          <button type="button" className="button" onClick={close}>
            I have it
          </button>
        </div>
      </div>
    </Dialog>
  )
}

function Revoke({ token, close }: { token: Token; close: () => void }) {
  const revoke = useMutation<Token, Failed>({ mutationFn: () => send<Token>('DELETE', `/tokens/${encodeURIComponent(token.id)}`), onSuccess: close })
  return (
    <Dialog title={`Revoke ${visible(token.name)}?`} close={close}>
      <div className="stack">
        <p>
          Whoever uses it is refused within a second, and sessions of browsers that began with it are over. It cannot be taken back; another one can be made.
          {token.name === 'local' && ' The command line of this machine uses this one, until the server is started again.'}
        </p>
        {revoke.isError && <Failure error={revoke.error} />}
        <div className="row">
          <button type="button" className="button main-action" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke it
          </button>
          <button type="button" className="button" onClick={close}>
            Keep it
          </button>
        </div>
      </div>
    </Dialog>
  )
}
