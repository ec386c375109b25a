// Whether something can be seen: a shape and a word for each state.
import type { Sight } from '../../api/schema'

const marks: Record<Sight, string> = { seen: '●', silent: '◐', missing: '○', off: '‖', none: '·' }
export const words: Record<Sight, string> = { seen: 'sees', silent: 'source silent', missing: 'blind', off: 'off', none: 'no rule' }

export function Sees({ state, why }: { state: Sight; why?: string }) {
  return (
    <span className={`sight ${state}`} title={why || undefined}>
      <span aria-hidden="true">{marks[state]}</span> {words[state]}
    </span>
  )
}

export function SightMark({ state }: { state: Sight }) {
  return <span aria-hidden="true">{marks[state]}</span>
}
