import { useState } from 'react'
import { needless, ops, several, type Kind, type Op, type Test } from './model'
import { Values } from './Values'

/** TestRow is one condition: a field, an operator, values. others is the query without it, of which values are counted. */
export function TestRow({ lead, test: t, kind, names, doc, known, others, span, set, remove }: { lead: string; test: Test; kind: Kind; names: string; doc: string; known: boolean; others: string; span: string; set: (t: Test) => void; remove: () => void }) {
  const [choosing, setChoosing] = useState(false)
  const allowed = ops[kind]
  const value = t.values[0] ?? ''
  return (
    <div className="stack">
      <div className="row wrap">
        {lead && <span className="muted small build-word">{lead}</span>}
        <input className="field build-field mono" list={names} aria-label="Field" placeholder="choose a field" value={t.field} title={doc} onChange={(e) => set({ ...t, field: e.target.value, values: [''], op: t.field ? t.op : 'is' })} />
        <select className="field" aria-label="Operator" value={t.op} onChange={(e) => set({ ...t, op: e.target.value as Op })}>
          {(allowed.includes(t.op) ? allowed : [t.op, ...allowed]).map((o) => (
            <option key={o}>{o}</option>
          ))}
        </select>
        {!needless(t.op) &&
          (kind === 'bool' ? (
            <select className="field" aria-label="Value" value={value} onChange={(e) => set({ ...t, values: [e.target.value] })}>
              <option value="">choose</option>
              <option>true</option>
              <option>false</option>
            </select>
          ) : (
            <>
              {several(t.op) && t.values.length > 1 ? (
                t.values.map((v) => (
                  <button key={v} type="button" className="chip mono" aria-label={`Leave out ${v}`} onClick={() => set({ ...t, values: t.values.filter((x) => x !== v) })}>
                    {v} ✕
                  </button>
                ))
              ) : (
                <input className="field build-value" aria-label="Value" placeholder="a value" value={value} inputMode={kind === 'long' ? 'numeric' : undefined} onChange={(e) => set({ ...t, values: [e.target.value] })} />
              )}
              {known && (
                <button type="button" className="button" aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>
                  Values
                </button>
              )}
            </>
          ))}
        <button type="button" className="button quiet" aria-label="Leave out this condition" onClick={remove}>
          ✕
        </button>
      </div>
      {doc && <p className="muted small">{doc}</p>}
      {choosing && known && !needless(t.op) && (
        <Values
          field={t.field}
          kind={kind}
          query={others}
          span={span}
          chosen={t.values}
          choose={(v) => {
            if (!several(t.op)) return set({ ...t, values: [v] })
            const now = t.values.filter((x) => x !== '')
            set({ ...t, values: now.includes(v) ? (now.length > 1 ? now.filter((x) => x !== v) : ['']) : [...now, v] })
          }}
        />
      )}
    </div>
  )
}
