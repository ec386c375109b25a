// The frame around every page: who is signed in, where one can go, the keyboard.
import { lazy, Suspense, useEffect, useState } from 'react'
import { usePath } from './router'
import { useOver, useSession, WhoProvider } from './session'
import { Frame } from './Frame'
import { SignIn } from './SignIn'
import { Boundary } from './ui/Boundary'
import { Empty, Failure, Loading } from './ui/parts'

const Inventory = lazy(() => import('./pages/inventory/Inventory'))
const Overview = lazy(() => import('./pages/overview/Overview'))
const Findings = lazy(() => import('./pages/findings/Findings'))
const Hunt = lazy(() => import('./pages/hunt/Hunt'))
const Rules = lazy(() => import('./pages/rules/Rules'))
const NewRule = lazy(() => import('./pages/rules/New'))
const Rule = lazy(() => import('./pages/rules/Detail'))
const Coverage = lazy(() => import('./pages/coverage/Coverage'))
const Settings = lazy(() => import('./pages/settings/Settings'))
const TalkMap = lazy(() => import('./pages/map/Map'))
const Incidents = lazy(() => import('./pages/Incidents'))
const Incident = lazy(() => import('./pages/incident/Incident'))

/** useSlow is true once something has taken so long that it should be seen to be under way. */
function useSlow(ms: number): boolean {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const t = setTimeout(() => setSlow(true), ms)
    return () => clearTimeout(t)
  }, [ms])
  return slow
}

function Starting() {
  return useSlow(300) ? <Loading what="The session" /> : null
}

export function App() {
  const session = useSession()
  const over = useOver(session.data)
  if (session.isPending) return <Starting />
  if (session.isError) {
    return (
      <main className="gate">
        <Failure error={session.error} again={() => void session.refetch()} />
      </main>
    )
  }
  if (!session.data) return <SignIn over={over} />
  return (
    <WhoProvider value={session.data}>
      <Frame>
        <Pages />
      </Frame>
    </WhoProvider>
  )
}

function Pages() {
  const path = usePath()
  return (
    <Boundary key={path}>
      <Suspense fallback={<Loading what="The page" lines={6} />}>
        <Page />
      </Suspense>
    </Boundary>
  )
}

function Page() {
  const path = usePath().replace(/\/+$/, '') || '/'
  const [, first = '', id = ''] = path.split('/')
  switch (first) {
    case '':
    case 'sign-in':
    case 'overview':
      return <Overview />
    case 'findings':
      return <Findings />
    case 'hunt':
      return <Hunt />
    case 'rules':
      if (id === 'new') return <NewRule />
      return id ? <Rule key={id} id={decodeURIComponent(id)} /> : <Rules />
    case 'coverage':
      return <Coverage />
    case 'inventory':
      return <Inventory kind={id} />
    case 'settings':
      return <Settings />
    case 'map':
      return <TalkMap />
    case 'incidents':
      return id ? <Incident key={id} id={decodeURIComponent(id)} /> : <Incidents />
  }
  return <Empty title="There is no such page">The address may be mistyped, or of a newer version.</Empty>
}
