// Filters under a name, shared with everybody: each is kept as a query, which Hunt can run as well.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Failed, get, send } from '../../api/client'
import type { SavedQuery } from '../../api/schema'
import { visible } from '../../format'
import { navigate } from '../../router'
import { may, useWho } from '../../session'
import { Dialog, Failure } from '../../ui/parts'
import { filterWords, kqlOf, type Filter } from './filter'

/** mark stands before the address of the filter in the comment of its query. */
const mark = 'list: /findings?'

function addressOf(q: SavedQuery): string | undefined {
  const line = q.description.split('\n').find((l) => l.startsWith(mark))
  return line?.slice(mark.length - 1)
}

export function Kept({ filter, search }: { filter: Filter; search: URLSearchParams }) {
  const who = useWho()
  const [saving, setSaving] = useState(false)
  const list = useQuery<{ queries: SavedQuery[] }, Failed>({ queryKey: ['queries'], queryFn: ({ signal }) => get('/queries', {}, signal) })
  const kept = (list.data?.queries ?? []).flatMap((q) => {
    const to = addressOf(q)
    return to ? [{ q, to }] : []
  })
  const able = may(who, 'analyst')
  if (kept.length === 0 && !able) return null
  return (
    <>
      {kept.length > 0 && (
        <label className="row small muted">
          Saved
          <select className="field" value="" onChange={(e) => e.target.value && navigate(`/findings${e.target.value}`)}>
            <option value="">choose…</option>
            {kept.map(({ q, to }) => (
              <option key={q.name} value={to}>
                {visible(q.title)}
              </option>
            ))}
          </select>
        </label>
      )}
      {able && (
        <button type="button" className="button quiet" onClick={() => setSaving(true)}>
          Save filter…
        </button>
      )}
      {saving && <Save filter={filter} search={search} kept={kept.map((k) => k.q)} close={() => setSaving(false)} />}
    </>
  )
}

function Save({ filter, search, kept, close }: { filter: Filter; search: URLSearchParams; kept: SavedQuery[]; close: () => void }) {
  const client = useQueryClient()
  const [title, setTitle] = useState('')
  const name = `findings-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')}`.slice(0, 64)
  const done = async () => client.invalidateQueries({ queryKey: ['queries'] })
  const save = useMutation<unknown, Failed>({
    mutationFn: () => {
      const at = new URLSearchParams(search)
      at.delete('finding')
      return send('PUT', `/queries/${encodeURIComponent(name)}`, { query: `// ${title.trim().replace(/\s+/g, ' ')}\n//\n// ${mark}${at.toString()}\n// needs: finding\n${kqlOf(filter)}\n` })
    },
    onSuccess: async () => {
      await done()
      close()
    },
  })
  const remove = useMutation<unknown, Failed, string>({ mutationFn: (n) => send('DELETE', `/queries/${encodeURIComponent(n)}`), onSuccess: done })
  return (
    <Dialog title="Save this filter" close={close}>
      <form
        className="stack wide"
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate()
        }}
      >
        <p className="muted">{visible(filterWords(filter))}</p>
        <label className="labelled">
          Its name
          <input className="field full" value={title} required maxLength={50} data-first="" onChange={(e) => setTitle(e.target.value)} />
        </label>
        <p className="small muted">Everybody here can use it, and Hunt has it as a query.</p>
        {save.isError && <Failure error={save.error} />}
        <div>
          <button type="submit" className="button main-action" disabled={!/[a-z0-9]/i.test(title) || save.isPending}>
            Save
          </button>
        </div>
      </form>
      {kept.length > 0 && (
        <div className="stack">
          <h3>Saved already</h3>
          {remove.isError && <Failure error={remove.error} />}
          <ul className="plain-list">
            {kept.map((q) => (
              <li key={q.name} className="row">
                <span className="grow">
                  {visible(q.title)} <span className="muted small">{visible(q.author)}</span>
                </span>
                <button type="button" className="button quiet small" onClick={() => remove.mutate(q.name)}>
                  Remove
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  )
}
