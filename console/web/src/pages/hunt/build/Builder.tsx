// The builder writes KQL by clicking: a table, conditions with values to choose, what is new, counts and sums, and order.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { type Failed, get } from '../../../api/client'
import { Failure, Loading } from '../../../ui/parts'
import { Fields } from './Fields'
import { GroupBox, type Site } from './GroupBox'
import { columns, empty, none, wheres, write, type Build, type Kind, type Table } from './model'
import { read } from './read'
import { Sums } from './Sums'

const asKind = (type: string | undefined): Kind => (type === 'long' || type === 'int' ? 'long' : type === 'bool' || type === 'datetime' || type === 'dynamic' ? type : 'string')

export default function Builder({ text, change, span }: { text: string; change: (text: string) => void; span: string }) {
  const schema = useQuery<{ tables: Table[] }, Failed>({ queryKey: ['schema'], queryFn: ({ signal }) => get('/schema', {}, signal), staleTime: Infinity })
  if (schema.isError) return <Failure error={schema.error} again={() => void schema.refetch()} />
  if (!schema.data) return <Loading what="The list of fields" />
  return <Building tables={schema.data.tables} text={text} change={change} span={span} />
}

function Building({ tables, text, change, span }: { tables: Table[]; text: string; change: (text: string) => void; span: string }) {
  const kinds = useMemo(() => new Map(tables.map((t) => [t.name, new Map(t.columns.map((c) => [c.name, asKind(c.type)]))])), [tables])
  const kindOf = (table: string) => (field: string) => kinds.get(table)?.get(field) ?? 'string'
  const reading = () => read(text, tables.map((t) => t.name), kindOf)
  const [state, setState] = useState(reading)
  const written = useRef(text)
  useEffect(() => {
    if (text === written.current) return
    written.current = text
    setState(reading())
    // What was read follows the text alone.
  }, [text])
  const set = (b: Build) => {
    setState({ build: b })
    written.current = write(b, kindOf(b.table))
    change(written.current)
  }
  if ('why' in state) {
    return (
      <div className="build">
        <p className="note">
          The builder cannot show this query: {state.why}. Edit its text, or{' '}
          <button type="button" className="link" onClick={() => set(empty())}>
            begin anew
          </button>
          .
        </p>
      </div>
    )
  }
  return <Form build={state.build} tables={tables} kindOf={kindOf(state.build.table)} set={set} span={span} />
}

function Form({ build: b, tables, kindOf, set, span }: { build: Build; tables: Table[]; kindOf: (field: string) => Kind; set: (b: Build) => void; span: string }) {
  const table = tables.find((t) => t.name === b.table)
  const fields = table?.columns ?? []
  const names = useId()
  const known = (f: string) => fields.some((x) => x.name === f)
  const site: Site = { names, span, kindOf, docOf: (f) => fields.find((x) => x.name === f)?.doc, without: (t) => [b.table, ...wheres(b, kindOf, t)].join('\n') }
  const sortable = columns(b, fields.map((f) => f.name))
  return (
    <div className="build">
      <datalist id={names}>
        {fields.map((f) => (
          <option key={f.name} value={f.name}>
            {f.doc}
          </option>
        ))}
      </datalist>
      <div className="row wrap">
        <label className="row">
          Events of
          <select className="field" aria-label="Table" value={b.table} onChange={(e) => set({ ...empty(e.target.value) })}>
            {tables.map((t) => (
              <option key={t.name} value={t.name}>
                {t.name}
              </option>
            ))}
          </select>
        </label>
        <span className="muted small">{table?.doc}</span>
      </div>
      {b.groups.map((g, at) => (
        <GroupBox
          key={at}
          group={g}
          lead={at === 0 ? 'where' : 'and'}
          depth={1}
          site={site}
          set={(next) => set({ ...b, groups: b.groups.map((x, n) => (n === at ? next : x)) })}
          remove={at > 0 ? () => set({ ...b, groups: b.groups.filter((_, n) => n !== at) }) : undefined}
        />
      ))}
      {b.groups[b.groups.length - 1]?.parts.length !== 0 && (
        <div className="row">
          <button type="button" className="button quiet" onClick={() => set({ ...b, groups: [...b.groups, { ...none(), word: 'or', parts: [{ field: '', op: 'is', values: [''] }] }] })}>
            Add a group
          </button>
        </div>
      )}
      <div className="row wrap build-steps">
        <Fields label="New are" chosen={b.fresh.fields} names={names} known={known} set={(list) => set({ ...b, fresh: { ...b.fresh, fields: list }, by: [], over: '', least: 0, sums: [], sort: null })} />
        {b.fresh.fields.length > 0 ? (
          <label className="row small muted">
            first seen in the last
            <select className="field" value={b.fresh.within} onChange={(e) => set({ ...b, fresh: { ...b.fresh, within: e.target.value } })}>
              {['1h', '1d', '7d', b.fresh.within].filter((x, i, all) => all.indexOf(x) === i).map((x) => (
                <option key={x}>{x}</option>
              ))}
            </select>
          </label>
        ) : (
          <>
            <Fields label="Count by" chosen={b.by} names={names} known={known} set={(list) => set({ ...b, by: list, sort: null })} />
            <label className="row small muted">
              within
              <select className="field" value={b.over} onChange={(e) => set({ ...b, over: e.target.value, sort: null })}>
                {['', '1m', '5m', '10m', '1h', '1d', b.over].filter((x, i, all) => all.indexOf(x) === i).map((x) => (
                  <option key={x} value={x}>
                    {x || 'all the time'}
                  </option>
                ))}
              </select>
            </label>
            <label className="row small muted">
              at least
              <input className="field number" type="number" min="0" value={b.least || ''} placeholder="any" onChange={(e) => set({ ...b, least: Math.max(0, Math.floor(Number(e.target.value))), sort: null })} />
              times
            </label>
            <Sums sums={b.sums} names={names} kindOf={kindOf} known={known} set={(list) => set({ ...b, sums: list, sort: null })} />
          </>
        )}
        <label className="row small muted">
          Sort by
          <select className="field" value={b.sort?.field ?? ''} onChange={(e) => set({ ...b, sort: e.target.value ? { field: e.target.value, asc: false } : null })}>
            <option value="">nothing</option>
            {sortable.map((f) => (
              <option key={f}>{f}</option>
            ))}
          </select>
        </label>
        {b.sort && (
          <button type="button" className="chip" onClick={() => set({ ...b, sort: b.sort && { ...b.sort, asc: !b.sort.asc } })}>
            {b.sort.asc ? 'smallest first' : 'greatest first'}
          </button>
        )}
        <label className="row small muted">
          Show at most
          <input className="field number" type="number" min="0" value={b.take || ''} placeholder="all" onChange={(e) => set({ ...b, take: Math.max(0, Math.floor(Number(e.target.value))) })} />
        </label>
      </div>
    </div>
  )
}
