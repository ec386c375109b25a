// Where the console is: the path and query of the address, which is all that a link to a page needs.
import { useMemo, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react'

const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}

function told(): void {
  for (const listener of listeners) listener()
}

/** navigate goes to a page of the console; with replace the one before it is not gone back to. */
export function navigate(to: string, replace = false): void {
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  told()
  if (!replace) window.scrollTo(0, 0)
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname)
}

/** useSearch gives the query of the address, and a setter that changes some of it; an empty value takes one away. */
export function useSearch(): [URLSearchParams, (change: Record<string, string>, push?: boolean) => void] {
  const text = useSyncExternalStore(subscribe, () => location.search)
  return useMemo(() => [new URLSearchParams(text), changeSearch], [text])
}

function changeSearch(change: Record<string, string>, push = false): void {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(change)) {
    if (value) query.set(name, value)
    else query.delete(name)
  }
  const text = query.toString()
  navigate(location.pathname + (text ? `?${text}` : ''), !push)
}

/** Link is an anchor to a page of the console. Other buttons and modifier keys do what the browser does. */
export function Link({ to, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { to: string }) {
  const follow = (e: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(e)
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
    e.preventDefault()
    navigate(to)
  }
  return <a href={to} onClick={follow} {...rest} />
}
