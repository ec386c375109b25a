import { deepest, isGroup, none, type Group, type Kind, type Part, type Test } from './model'
import { TestRow } from './TestRow'

/** Site is what a condition needs to know of the table, and of the query around it. */
export interface Site {
  names: string
  span: string
  kindOf: (field: string) => Kind
  docOf: (field: string) => string | undefined
  /** without is the query without a condition, of which values are counted. */
  without: (t: Test) => string
}

const blank = (): Test => ({ field: '', op: 'is', values: [''] })

/** GroupBox is a group of conditions and of groups; depth is in how many groups it stands, itself included. */
export function GroupBox({ group: g, lead, depth, site, set, remove }: { group: Group; lead: string; depth: number; site: Site; set: (g: Group) => void; remove?: () => void }) {
  const swap = (at: number, next: Part) => set({ ...g, parts: g.parts.map((p, i) => (i === at ? next : p)) })
  const drop = (at: number) => {
    const parts = g.parts.filter((_, i) => i !== at)
    if (parts.length === 0 && remove) remove()
    else set({ ...g, parts })
  }
  return (
    <fieldset className="plain build-group" data-depth={depth}>
      <legend className="small muted">
        {lead}
        {g.not && ' not'}
      </legend>
      {g.parts.map((p, i) =>
        isGroup(p) ? (
          <GroupBox key={i} group={p} lead={i === 0 ? 'a group' : `${g.word} a group`} depth={depth + 1} site={site} set={(next) => swap(i, next)} remove={() => drop(i)} />
        ) : (
          <TestRow
            key={i}
            lead={i === 0 ? '' : g.word}
            test={p}
            kind={site.kindOf(p.field)}
            names={site.names}
            doc={site.docOf(p.field) ?? ''}
            known={site.docOf(p.field) !== undefined}
            others={site.without(p)}
            span={site.span}
            set={(next) => swap(i, next)}
            remove={() => drop(i)}
          />
        ),
      )}
      <div className="row wrap">
        <button type="button" className="button" onClick={() => set({ ...g, parts: [...g.parts, blank()] })}>
          Add a condition
        </button>
        {g.parts.length > 1 && (
          <label className="row small muted">
            joined by
            <select className="field" value={g.word} onChange={(e) => set({ ...g, word: e.target.value as Group['word'] })}>
              <option value="and">and</option>
              <option value="or">or</option>
            </select>
          </label>
        )}
        {g.parts.length > 0 && (
          <button type="button" className="button quiet" aria-pressed={g.not} onClick={() => set({ ...g, not: !g.not })}>
            Not
          </button>
        )}
        {g.parts.length > 0 && depth < deepest && (
          <button type="button" className="button quiet" onClick={() => set({ ...g, parts: [...g.parts, { ...none(), word: g.word === 'and' ? 'or' : 'and', parts: [blank()] }] })}>
            Add a group within
          </button>
        )}
        {remove && (
          <button type="button" className="button quiet" onClick={remove}>
            Leave out this group
          </button>
        )}
      </div>
    </fieldset>
  )
}
