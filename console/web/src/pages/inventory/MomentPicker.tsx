import { useEffect, useState } from 'react'
import { Time } from '../../ui/parts'
import type { Moment } from './data'

const steps: [string, number][] = [
  ['1 h', 3_600_000],
  ['1 min', 60_000],
]

/** field is a time as it is written here, in UTC. */
function field(at: string): string {
  return at ? new Date(at).toISOString().slice(0, 19).replace('T', ' ') : ''
}

/** MomentPicker chooses the minute that the page is about. */
export function MomentPicker({ moment, chosen, set }: { moment: Moment | undefined; chosen: string; set: (at: string) => void }) {
  const at = moment?.at ?? ''
  const [text, setText] = useState(field(at))
  const [wrong, setWrong] = useState(false)
  useEffect(() => {
    setText(field(at))
    setWrong(false)
  }, [at])
  const go = (value: string) => {
    const t = Date.parse(`${value.trim().replace(/[ T]+/, 'T').replace(/Z$/, '')}Z`)
    setWrong(Number.isNaN(t))
    if (!Number.isNaN(t)) set(new Date(t).toISOString())
  }
  const move = (ms: number) => at && set(new Date(Date.parse(at) + ms).toISOString())
  return (
    <div className="row wrap moment" role="group" aria-label="The time that this page is about">
      <label className="row small muted">
        As of
        <input
          className="field moment-at mono"
          value={text}
          spellCheck={false}
          placeholder="2026-03-04 10:00:00"
          aria-invalid={wrong}
          aria-describedby={wrong ? 'moment-wrong' : undefined}
          onChange={(e) => setText(e.target.value)}
          onBlur={(e) => e.target.value !== field(at) && go(e.target.value)}
          onKeyDown={(e) => e.key === 'Enter' && go(text)}
        />
        UTC
      </label>
      <span className="row hide-narrow">
        {steps.map(([name, ms]) => (
          <button key={name} type="button" className="button quiet" onClick={() => move(-ms)} aria-label={`${name} earlier`}>
            −{name}
          </button>
        ))}
        {[...steps].reverse().map(([name, ms]) => (
          <button key={name} type="button" className="button quiet" onClick={() => move(ms)} aria-label={`${name} later`}>
            +{name}
          </button>
        ))}
      </span>
      {wrong && (
        <span id="moment-wrong" className="small high" role="status">
          write it like 2026-03-04 10:00:00
        </span>
      )}
      {chosen ? (
        <button type="button" className="button quiet" onClick={() => set('')}>
          Latest
        </button>
      ) : moment?.past ? (
        <span className="small muted">
          the newest that is known: <Time at={moment.at} />
        </span>
      ) : (
        <span className="small muted">now</span>
      )}
    </div>
  )
}
