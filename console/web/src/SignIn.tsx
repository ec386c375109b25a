// Signing in: by an identity provider, with a token, or by the link that lynceus console prints.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type FormEvent } from 'react'
import { Failed, get, send } from './api/client'
import type { Session, SignInWays } from './api/schema'
import { visible } from './format'
import { navigate } from './router'
import { goToProvider, takeAnswer, type ProviderAnswer } from './signin/provider'
import { Failure, Loading } from './ui/parts'

interface Proof {
  code?: string
  token?: string
  oidc?: ProviderAnswer
}

/** takeProof returns what the address signs in with, a link's code or a provider's answer, and takes it out of it. */
function takeProof(): Proof | null {
  const oidc = takeAnswer()
  if (oidc) return { oidc }
  if (location.pathname !== '/sign-in' || location.hash.length < 2) return null
  const code = location.hash.slice(1)
  history.replaceState(null, '', '/')
  return { code }
}

// It is read once, before React may render twice.
let linked = takeProof()

export function SignIn({ over }: { over: boolean }) {
  const client = useQueryClient()
  const enter = useMutation<Session, Failed, Proof>({
    mutationFn: (body) => send<Session>('POST', '/session', body),
    onSuccess: (session) => {
      client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' })
      client.setQueryData(['session'], session)
      if (location.pathname === '/sign-in') navigate('/', true)
    },
  })
  const { mutate } = enter
  useEffect(() => {
    document.title = 'Sign in · Lynceus'
    const proof = linked
    linked = null
    if (proof) mutate(proof)
    const again = () => {
      const other = takeProof()
      if (other) mutate(other)
    }
    window.addEventListener('hashchange', again)
    return () => window.removeEventListener('hashchange', again)
  }, [mutate])
  return (
    <main className="gate">
      <section className="panel" aria-labelledby="sign-in">
        <div className="body stack wide">
          <div className="row">
            <img src="/icon.svg" alt="" width="36" height="36" />
            <h1 id="sign-in">Sign in to Lynceus</h1>
          </div>
          {over && !enter.isError && (
            <p className="note warn" role="status">
              The session is over. Sign in again, and you are back on this page.
            </p>
          )}
          {enter.isPending ? <Loading what="The session" lines={2} /> : <Ways enter={enter.mutate} failed={enter.error} />}
        </div>
      </section>
    </main>
  )
}

/** Ways are those that this server has; where it does not say which, those that every server has. */
function Ways({ enter, failed }: { enter: (p: Proof) => void; failed: Failed | null }) {
  const ways = useQuery<SignInWays, Failed>({ queryKey: ['session', 'ways'], queryFn: ({ signal }) => get<SignInWays>('/sign-in', {}, signal), staleTime: 60_000 })
  return (
    <>
      {failed && <Failure error={failed} />}
      {ways.data?.oidc && <Provider issuer={ways.data.oidc.issuer} />}
      <Token enter={enter} oidc={Boolean(ways.data?.oidc)} audience={ways.data?.kubernetes?.audience} />
      <p className="muted">
        Or run <code>lynceus console</code> where the server runs. It prints a link that signs you in, once.
      </p>
    </>
  )
}

function Provider({ issuer }: { issuer: string }) {
  const go = useMutation<void, Failed>({ mutationFn: goToProvider })
  let name = issuer
  try {
    name = new URL(issuer).host
  } catch {
    // It is shown as it is.
  }
  return (
    <div className="stack">
      <div>
        <button type="button" className="button main-action" disabled={go.isPending} onClick={() => go.mutate()}>
          Sign in with {visible(name)}
        </button>
      </div>
      {go.isError && <Failure error={go.error} />}
    </div>
  )
}

function Token({ enter, oidc, audience }: { enter: (p: Proof) => void; oidc: boolean; audience: string | undefined }) {
  const [token, setToken] = useState('')
  const submit = (e: FormEvent) => {
    e.preventDefault()
    if (token.trim()) enter({ token: token.trim() })
  }
  const kinds = ['one of Lynceus’s own', ...(oidc ? ['of your identity provider'] : []), ...(audience ? ['of an account of the cluster'] : [])]
  return (
    <form className="stack" onSubmit={submit}>
      <label className="labelled">
        {oidc ? 'Or give a token' : 'Give a token'}: {kinds.join(', or ')}
        <input className="field full" type="password" autoComplete="off" spellCheck={false} value={token} onChange={(e) => setToken(e.target.value)} />
      </label>
      {audience && (
        <p className="muted small">
          For an account of the cluster: <code>kubectl create token NAME --namespace NAMESPACE --audience {visible(audience)}</code>
        </p>
      )}
      <div>
        <button type="submit" className={oidc ? 'button' : 'button main-action'} disabled={!token.trim()}>
          Sign in
        </button>
      </div>
    </form>
  )
}
