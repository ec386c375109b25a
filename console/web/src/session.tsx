// Who is signed in, for every page.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useRef, useState } from 'react'
import { address, Failed, request, send, signedOut } from './api/client'
import type { Role, Session } from './api/schema'

const Who = createContext<Session | null>(null)
export const WhoProvider = Who.Provider

/** useWho is the session; only what is shown to somebody who is signed in may ask. */
export function useWho(): Session {
  const who = useContext(Who)
  if (!who) throw new Error('nobody is signed in')
  return who
}

const order: Role[] = ['viewer', 'analyst', 'responder', 'admin']

export function may(who: Session, role: Role): boolean {
  return order.indexOf(who.role) >= order.indexOf(role)
}

export function limited(who: Session): boolean {
  return (who.scope.clusters?.length ?? 0) + (who.scope.namespaces?.length ?? 0) > 0
}

/** seesSources says that somebody may know what watches their clusters: a source is of a cluster or a node, and of no namespace. */
export function seesSources(who: Session): boolean {
  return (who.scope.namespaces?.length ?? 0) === 0
}

/** useOver is true from when somebody who was signed in is not any more, without having wished so. */
export function useOver(session: Session | null | undefined): boolean {
  const client = useQueryClient()
  const [over, setOver] = useState(false)
  const was = useRef(false)
  useEffect(() => {
    const end = () => {
      if (was.current) client.setQueryData(['session'], null)
    }
    window.addEventListener(signedOut, end)
    return () => window.removeEventListener(signedOut, end)
  }, [client])
  useEffect(() => {
    if (session) setOver(false)
    else if (session === null && was.current && !left) setOver(true)
    was.current = Boolean(session)
    left = false
  }, [session])
  return over
}

// left says that somebody is signing out.
let left = false

/** useSession asks who is signed in: null for nobody. */
export function useSession() {
  return useQuery<Session | null, Failed>({
    queryKey: ['session'],
    queryFn: async () => {
      const answer = await request('GET', address('/session'))
      return answer.status === 204 ? null : ((await answer.json()) as Session)
    },
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  })
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await send('DELETE', '/session')
    left = true
    client.setQueryData(['session'], null)
    client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' })
  }
}
