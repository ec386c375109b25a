import { useIsFetching } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { pages } from './pages'
import { Link, navigate, usePath } from './router'
import { Search } from './Search'
import { limited, useSignOut, useWho } from './session'
import { setTheme, theme, type Theme } from './theme'
import { Dialog } from './ui/parts'

/** typing says that keys belong to what has the focus. */
function typing(e: KeyboardEvent): boolean {
  const t = e.composedPath()[0]
  return t instanceof HTMLElement && (t.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(t.tagName))
}

function useKeys(search: () => void, help: () => void): void {
  const first = useRef(0)
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || typing(e) || document.querySelector('dialog[open]')) return
      if (Date.now() - first.current < 1500) {
        first.current = 0
        const page = pages.find((p) => p.key === e.key)
        if (page) {
          e.preventDefault()
          navigate(page.path)
          return
        }
      }
      if (e.key === 'g') first.current = Date.now()
      else if (e.key === '/') {
        e.preventDefault()
        search()
      } else if (e.key === '?') help()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [search, help])
}

export function Frame({ children }: { children: ReactNode }) {
  const path = usePath()
  const [open, setOpen] = useState<'search' | 'help' | ''>('')
  const openSearch = useRef(() => setOpen('search')).current
  const openHelp = useRef(() => setOpen('help')).current
  const close = useRef(() => setOpen('')).current
  useKeys(openSearch, openHelp)
  const reading = useIsFetching({ predicate: (q) => q.state.status === 'pending' }) > 0
  useEffect(() => {
    setOpen('')
    // On a phone the pages are a row that scrolls.
    const nav = document.querySelector('.nav')
    if (nav && nav.scrollWidth > nav.clientWidth) nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [path])
  return (
    <div className="frame">
      <a className="skip" href="#main">
        To the page
      </a>
      <div className="side">
        <Link to="/" className="brand" aria-label="Lynceus, first page">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>Lynceus</span>
        </Link>
        <nav className="nav" aria-label="Pages">
          {pages.map((p) => (
            <Link key={p.path} to={p.path} title={`${p.name} (g ${p.key})`} aria-current={here(path, p.path) ? 'page' : undefined}>
              {p.icon}
              <span>{p.name}</span>
              <span className="key" aria-hidden="true">
                g {p.key}
              </span>
            </Link>
          ))}
        </nav>
        <div className="side-foot">
          <button type="button" className="button quiet" onClick={openSearch} aria-label="Search" title="Search (/)">
            <Lens />
            <span className="hide-narrow">Search</span>
            <kbd className="hide-narrow">/</kbd>
          </button>
          <Person help={openHelp} />
        </div>
      </div>
      <main className="main" id="main" tabIndex={-1} aria-busy={reading}>
        {children}
      </main>
      {open === 'search' && <Search close={close} />}
      {open === 'help' && <Help close={close} />}
    </div>
  )
}

/** here says whether a path is a page or below it; the first page of the navigation is also at /. */
function here(path: string, page: string): boolean {
  if (path === '/' || path === '/sign-in') return page === pages[0]?.path
  return path === page || path.startsWith(`${page}/`)
}

function Lens() {
  return (
    <svg width="16" height="16" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round" aria-hidden="true">
      <circle cx="8.500" cy="8.500" r="5.500" />
      <path d="M13 13l4.500 4.500" />
    </svg>
  )
}

function Door() {
  return (
    <svg width="16" height="16" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M12 3.500H4.500v13H12M8.500 10h8.500M14 7l3 3-3 3" />
    </svg>
  )
}

const themes: Record<Theme, string> = { auto: 'as the system', light: 'light', dark: 'dark' }

function Person({ help }: { help: () => void }) {
  const who = useWho()
  const leave = useSignOut()
  const [chosen, setChosen] = useState(theme())
  const next: Theme = chosen === 'auto' ? 'dark' : chosen === 'dark' ? 'light' : 'auto'
  const change = () => {
    setTheme(next)
    setChosen(next)
  }
  const scope = [...(who.scope.clusters ?? []).map((c) => `cluster ${c}`), ...(who.scope.namespaces ?? []).map((n) => `namespace ${n}`)]
  return (
    <>
      <div className="who">
        <div className="cut" title={who.name}>
          <strong>{who.name}</strong>
        </div>
        <div className="muted">{who.role}</div>
        {limited(who) && <div className="muted">sees {scope.join(', ')} only</div>}
      </div>
      <div className="row">
        <button type="button" className="button quiet hide-narrow" onClick={change} aria-label={`Colours ${themes[chosen]}; change to ${themes[next]}`} title={`Colours: ${themes[chosen]}`}>
          {chosen === 'auto' ? '◐' : chosen === 'dark' ? '●' : '○'}
        </button>
        <button type="button" className="button quiet hide-narrow" onClick={help} aria-label="Keys" title="Keys (?)">
          ?
        </button>
        <button type="button" className="button quiet" onClick={() => void leave()} aria-label="Sign out" title="Sign out">
          <Door />
          <span className="hide-narrow">Sign out</span>
        </button>
      </div>
    </>
  )
}

function Help({ close }: { close: () => void }) {
  return (
    <Dialog title="Keys" close={close}>
      <dl className="facts">
        {pages.map((p) => (
          <Key key={p.path} keys={['g', p.key]} does={p.name} />
        ))}
        <Key keys={['/']} does="Search" />
        <Key keys={['j', 'k']} does="Next or previous row of a list" />
        <Key keys={['Enter']} does="Open the row" />
        <Key keys={['?']} does="This help" />
        <Key keys={['Esc']} does="Close what is open" />
      </dl>
      <p className="muted small">All times are in UTC. How long ago something was stands in its title.</p>
    </Dialog>
  )
}

function Key({ keys, does }: { keys: string[]; does: string }) {
  return (
    <>
      <dt>
        {keys.map((k) => (
          <span key={k}>
            <kbd>{k}</kbd>{' '}
          </span>
        ))}
      </dt>
      <dd>{does}</dd>
    </>
  )
}
