import { useState } from 'react'
import { visible } from '../../../format'

/** Fields chooses some fields of a table. */
export function Fields({ label, chosen, names, known, set }: { label: string; chosen: string[]; names: string; known: (field: string) => boolean; set: (fields: string[]) => void }) {
  const [text, setText] = useState('')
  const add = (field: string) => {
    if (!known(field) || chosen.includes(field)) return setText(field)
    setText('')
    set([...chosen, field])
  }
  return (
    <span className="row wrap small muted">
      {label}
      {chosen.map((f) => (
        <button key={f} type="button" className="chip mono" aria-label={`Leave out ${visible(f)}`} onClick={() => set(chosen.filter((x) => x !== f))}>
          {visible(f)} ✕
        </button>
      ))}
      <input className="field word" list={names} aria-label={`${label}: a field`} placeholder="a field" value={text} onChange={(e) => add(e.target.value)} />
    </span>
  )
}
