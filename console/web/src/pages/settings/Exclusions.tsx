import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Failed, get, send } from '../../api/client'
import type { Exclusion, Rule, Scope } from '../../api/schema'
import { listed, visible } from '../../format'
import { Link } from '../../router'
import { may, useWho } from '../../session'
import { Dialog, Empty, Failure, Loading, Panel, Time } from '../../ui/parts'

/** conditions are those of a scope, in words. */
function conditions(s: Scope): string {
  const out: string[] = []
  if (s.cluster) out.push(`in cluster ${s.cluster}`)
  if (s.namespace) out.push(`in namespace ${s.namespace}`)
  if (s.workload) out.push(`of ${s.workload_kind ? `${s.workload_kind}/` : ''}${s.workload}`)
  if (s.user) out.push(`by ${s.user}`)
  for (const f of s.fields ?? []) out.push(`${f.field} is ${f.value}`)
  return out.length > 0 ? visible(listed(out, 12)) : 'all of these rules'
}

export function Exclusions() {
  const [leaving, setLeaving] = useState<Exclusion | null>(null)
  const client = useQueryClient()
  const list = useQuery<Exclusion[], Failed>({ queryKey: ['settings', 'exclusions'], queryFn: async ({ signal }) => (await get<{ exclusions: Exclusion[] }>('/exclusions', {}, signal)).exclusions })
  const rules = useQuery<Map<string, string>, Failed>({
    queryKey: ['settings', 'rule titles'],
    queryFn: async ({ signal }) => new Map((await get<{ rules: Rule[] }>('/rules', {}, signal)).rules.map((r) => [r.id, r.title])),
    staleTime: 300_000,
  })
  if (list.isPending) return <Panel title="Exclusions"><Loading what="The exclusions" /></Panel>
  if (list.isError) return <Panel title="Exclusions"><Failure error={list.error} again={() => void list.refetch()} /></Panel>
  const now = Date.now()
  const force = list.data.filter((x) => Date.parse(x.expires) > now).sort((a, b) => a.expires.localeCompare(b.expires))
  const over = list.data.filter((x) => Date.parse(x.expires) <= now).reverse()
  const titles = rules.data ?? new Map<string, string>()
  return (
    <>
      <p className="muted">An exclusion keeps findings that somebody expects from being told. They are still made and stored, and each exclusion ends by itself.</p>
      <Panel title={`In force: ${force.length}`} flat>
        {force.length === 0 ? <Empty title="No exclusion is in force">“Expected…” on an incident makes one.</Empty> : <List of={force} titles={titles} end={setLeaving} />}
      </Panel>
      {over.length > 0 && (
        <Panel title={`Over: ${over.length}`} flat>
          <List of={over.slice(0, 100)} titles={titles} />
        </Panel>
      )}
      {leaving && (
        <TakeBack
          exclusion={leaving}
          close={() => {
            setLeaving(null)
            void client.invalidateQueries({ queryKey: ['settings', 'exclusions'] })
          }}
        />
      )}
    </>
  )
}

function List({ of, titles, end }: { of: Exclusion[]; titles: Map<string, string>; end?: (x: Exclusion) => void }) {
  const who = useWho()
  return (
    <div className="scroll-x">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Rules</th>
            <th scope="col">Where</th>
            <th scope="col">Why</th>
            <th scope="col">Until</th>
            {end && may(who, 'responder') && (
              <th scope="col">
                <span className="hidden">Take back</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {of.map((x) => (
            <tr key={x.id}>
              <td>{visible(listed(x.rules.map((r) => titles.get(r) ?? r), 3))}</td>
              <td className="small">
                {conditions(x.scope)}
                {x.finding && (
                  <div>
                    <Link to={`/findings?finding=${encodeURIComponent(x.finding)}`}>the finding it was made from</Link>
                  </div>
                )}
              </td>
              <td>
                {visible(x.reason)}{' '}
                <div className="muted small">
                  {visible(x.author)}, <Time at={x.created} />
                </div>
              </td>
              <td className="small">
                <Time at={x.expires} />
              </td>
              {end && may(who, 'responder') && (
                <td className="right">
                  <button type="button" className="button" onClick={() => end(x)}>
                    Take back<span className="hidden"> {visible(x.reason)}</span>
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TakeBack({ exclusion, close }: { exclusion: Exclusion; close: () => void }) {
  const end = useMutation<void, Failed>({ mutationFn: () => send<void>('DELETE', `/exclusions/${encodeURIComponent(exclusion.id)}`), onSuccess: close })
  return (
    <Dialog title="Take the exclusion back?" close={close}>
      <div className="stack">
        <p>
          “{visible(exclusion.reason)}”: findings of its rules, {conditions(exclusion.scope)}, are told again from now on. Its history stays.
        </p>
        {end.isError && <Failure error={end.error} />}
        <div className="row">
          <button type="button" className="button main-action" disabled={end.isPending} onClick={() => end.mutate()}>
            Take it back
          </button>
          <button type="button" className="button" onClick={close}>
            Leave it
          </button>
        </div>
      </div>
    </Dialog>
  )
}
