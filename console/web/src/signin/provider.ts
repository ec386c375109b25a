// Signing in by an identity provider: the browser goes there, and comes back to /sign-in with an answer in its address.
import { send } from '../api/client'

/** back is where somebody was before they went to the provider; a browser's tab keeps it meanwhile. */
const back = 'lynceus.back'

export interface ProviderAnswer {
  state: string
  code?: string
  iss?: string
  error?: string
  error_description?: string
}

/** goToProvider leaves the console for the provider's page. */
export async function goToProvider(): Promise<void> {
  const { url } = await send<{ url: string }>('POST', '/session/oidc', { redirect: `${location.origin}/sign-in` })
  sessionStorage.setItem(back, location.pathname === '/sign-in' ? '/' : location.pathname + location.search)
  location.assign(url)
}

/** takeAnswer returns with what the provider sent the browser back, and takes it out of the address and of the history. */
export function takeAnswer(): ProviderAnswer | null {
  const query = new URLSearchParams(location.search)
  const state = query.get('state')
  if (location.pathname !== '/sign-in' || !state) return null
  const answer: ProviderAnswer = { state }
  for (const name of ['code', 'iss', 'error', 'error_description'] as const) {
    const text = query.get(name)
    if (text) answer[name] = text
  }
  const kept = sessionStorage.getItem(back) ?? '/'
  sessionStorage.removeItem(back)
  // Only a path of this console: what is kept might be anybody's.
  history.replaceState(null, '', /^\/(?![/\\])/.test(kept) ? kept : '/')
  return answer
}
