import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Failed, get, send } from '../../api/client'
import type { OpenSession, Role } from '../../api/schema'
import { listed, visible } from '../../format'
import { limited, may, useSignOut, useWho } from '../../session'
import { setTheme, theme, type Theme } from '../../theme'
import { Empty, Failure, Loading, Panel, Time } from '../../ui/parts'

const methods: Record<string, string> = { token: 'a token of Lynceus’s own', oidc: 'the identity provider', kubernetes: 'a token of the cluster' }

/** does is what each role may do besides what those before it may. */
const does: { role: Role; may: string }[] = [
  { role: 'viewer', may: 'Read findings, incidents and what was decided about them, and the rules.' },
  { role: 'analyst', may: 'Ask questions, watch events as they come, and save queries.' },
  { role: 'responder', may: 'Decide about incidents, call findings expected, switch rules off and on, ask nodes to report.' },
  { role: 'admin', may: 'Make and revoke tokens, say what nodes run, forget clusters.' },
]

export function You() {
  const who = useWho()
  const scope = [...(who.scope.clusters ?? []).map((c) => `cluster ${c}`), ...(who.scope.namespaces ?? []).map((n) => `namespace ${n}`)]
  return (
    <>
      <div className="cols two">
        <Panel title="Who you are">
          <dl className="facts">
            <dt>Name</dt>
            <dd>{visible(who.name)}</dd>
            <dt>Role</dt>
            <dd>{who.role}</dd>
            <dt>Signed in with</dt>
            <dd>{methods[who.method] ?? who.method}</dd>
            <dt>Good until</dt>
            <dd>{who.expires ? <Time at={who.expires} /> : 'it is revoked'}</dd>
            <dt>You see</dt>
            <dd>{limited(who) ? `${listed(scope, 40)} only` : 'every cluster and namespace'}</dd>
          </dl>
        </Panel>
        <Panel title="What your role may do">
          <ul className="plain-list">
            {does.map((d) => (
              <li key={d.role} className={may(who, d.role) ? '' : 'muted'}>
                <span aria-hidden="true">{may(who, d.role) ? '✓' : '–'}</span> <strong>{d.role}</strong> <span className="small">{may(who, d.role) ? '' : '(not yours) '}</span>
                {d.may}
              </li>
            ))}
          </ul>
          {limited(who) && <p className="small muted">Who is limited also does not see what concerns the whole installation: its sources, exclusions, and what nodes run.</p>}
        </Panel>
      </div>
      <Colours />
      <Sessions />
    </>
  )
}

const themes: Record<Theme, string> = { auto: 'As the system', light: 'Light', dark: 'Dark' }

function Colours() {
  const [chosen, setChosen] = useState(theme())
  return (
    <Panel title="Colours">
      <div className="row wrap" role="radiogroup" aria-label="Colours">
        {(Object.keys(themes) as Theme[]).map((t) => (
          <label key={t} className="row">
            <input
              type="radio"
              name="theme"
              checked={chosen === t}
              onChange={() => {
                setTheme(t)
                setChosen(t)
              }}
            />
            {themes[t]}
          </label>
        ))}
      </div>
    </Panel>
  )
}

/** browserOf is what a browser that calls itself so is known as, and what it runs on. Most names hold those of others, so the order counts. */
function browserOf(agent: string): string {
  const first = (of: [string, RegExp][]) => of.find(([, is]) => is.test(agent))?.[0]
  const name = first([['Edge', /Edg\//], ['Firefox', /Firefox\//], ['Chrome', /Chrome\//], ['Safari', /Safari\//]])
  const on = first([['Android', /Android/], ['iOS', /iPhone|iPad/], ['Windows', /Windows/], ['macOS', /Mac OS/], ['Linux', /Linux/]])
  return name ? name + (on ? ` on ${on}` : '') : visible(agent.slice(0, 40)) || 'it does not say'
}

function Sessions() {
  const who = useWho()
  const client = useQueryClient()
  const leave = useSignOut()
  const list = useQuery<OpenSession[], Failed>({ queryKey: ['settings', 'sessions'], queryFn: async ({ signal }) => (await get<{ sessions: OpenSession[] }>('/sessions', {}, signal)).sessions })
  const end = useMutation<void, Failed, string>({
    mutationFn: (id) => send<void>('DELETE', `/sessions/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['settings', 'sessions'] }),
  })
  if (list.isPending) return <Panel title="Browsers that are signed in"><Loading what="The sessions" /></Panel>
  if (list.isError) return <Panel title="Browsers that are signed in"><Failure error={list.error} again={() => void list.refetch()} /></Panel>
  return (
    <Panel title={may(who, 'admin') ? 'Browsers that are signed in, of everybody' : 'Browsers that are signed in as you'} flat>
      {end.isError && <Failure error={end.error} />}
      {list.data.length === 0 ? (
        <Empty title="None">You came with a token of your own.</Empty>
      ) : (
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">From</th>
                <th scope="col">Browser</th>
                <th scope="col">Used last</th>
                <th scope="col">Over by</th>
                <th scope="col">
                  <span className="hidden">End</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((s) => (
                <tr key={s.id}>
                  <td>
                    {visible(s.name)} {s.current && <span className="chip soft">this one</span>}
                  </td>
                  <td className="nowrap">{visible(s.remote.replace(/:\d+$/, ''))}</td>
                  <td className="small nowrap" title={visible(s.agent)}>
                    {browserOf(s.agent)}
                  </td>
                  <td className="small">
                    <Time at={s.used} />
                  </td>
                  <td className="small">
                    <Time at={s.until} />
                  </td>
                  <td className="right">
                    <button type="button" className="button" disabled={end.isPending} onClick={() => (s.current ? void leave() : end.mutate(s.id))}>
                      Sign out<span className="hidden"> {visible(s.name)} of {s.began}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
