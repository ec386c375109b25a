// Settings: who somebody is here, and what they may look after.
import { useEffect, type ReactNode } from 'react'
import type { Session } from '../../api/schema'
import { useSearch } from '../../router'
import { limited, may, useWho } from '../../session'
import { Exclusions } from './Exclusions'
import { Fleet } from './Fleet'
import { Server } from './Server'
import { Tokens } from './Tokens'
import { You } from './You'

interface Part {
  id: string
  name: string
  /** for says to whom it is shown: what would be refused is not offered. */
  for: (who: Session) => boolean
  page: () => ReactNode
}

const parts: Part[] = [
  { id: 'you', name: 'You', for: () => true, page: () => <You /> },
  { id: 'exclusions', name: 'Exclusions', for: (who) => !limited(who), page: () => <Exclusions /> },
  { id: 'fleet', name: 'Clusters and nodes', for: () => true, page: () => <Fleet /> },
  { id: 'server', name: 'Server', for: (who) => !limited(who), page: () => <Server /> },
  { id: 'tokens', name: 'Tokens', for: (who) => may(who, 'admin'), page: () => <Tokens /> },
]

export default function Settings() {
  const who = useWho()
  const [query, setQuery] = useSearch()
  const shown = parts.filter((p) => p.for(who))
  const part = shown.find((p) => p.id === query.get('part')) ?? shown[0]
  useEffect(() => {
    document.title = 'Settings · Lynceus'
  }, [])
  return (
    <>
      <div className="page-head">
        <h1>Settings</h1>
      </div>
      <div className="filters" role="tablist" aria-label="Parts of the settings">
        {shown.map((p) => (
          <button key={p.id} type="button" role="tab" className="chip" aria-selected={p === part} onClick={() => setQuery({ part: p.id }, true)}>
            {p.name}
          </button>
        ))}
      </div>
      <div className="stack wide">{part?.page()}</div>
    </>
  )
}
