import type { BacktestAnswer } from '../../api/schema'
import { count, nameOf, visible } from '../../format'
import { Severity, Time } from '../../ui/parts'

/** shown samples of a back-test. */
const shown = 5

/** Tried is what a rule would have found, in short. */
export function Tried({ answer, id }: { answer: BacktestAnswer; id: string }) {
  const r = answer.result
  const found = r.rules.find((x) => x.id === id) ?? r.rules[0]
  const n = found?.findings ?? 0
  return (
    <section className="note stack" aria-label="On the past">
      <strong role="status">
        {n === 0 ? 'It would have found nothing' : `It would have found ${count(n, 'thing')}`} in {count(r.events, 'event')}
        {r.stopped ? ', and there is more past than it could read' : ''}.
      </strong>
      {answer.notes.map((note) => (
        <p key={note} className="small muted">
          {visible(note)}
        </p>
      ))}
      {found && n > 0 && (
        <>
          <p className="small">
            {[
              ['Who', found.users], ['Namespaces', found.namespaces], ['What', found.targets],
            ].map(([label, c]) => {
              const counted = c as typeof found.users
              return counted.top.length > 0 ? `${label as string}: ${counted.top.slice(0, 4).map((t) => `${nameOf(t.name)} ${t.findings}`).join(', ')}${counted.distinct > 4 ? ', …' : ''}. ` : ''
            })}
          </p>
          <ul className="stack small">
            {found.samples.slice(0, shown).map((s) => (
              <li key={s.id} className="row wrap">
                <Severity level={s.severity} /> <Time at={s.first} /> {nameOf(s.user)} {visible(s.verb)} {visible(s.target)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
