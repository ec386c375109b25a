// The questions that are asked of every cluster, as buttons: docs/questions.md.
import type { SavedQuery } from '../../api/schema'
import { visible } from '../../format'
import { ever } from './values'

/** Button is a question by its name, in words; needs is a parameter without which it says nothing, though it has a default. */
interface Button {
  name: string
  words: string
  needs?: string
}

/** buttons are the five questions, and that for an indicator. */
const buttons: Button[] = [
  { name: 'secrets', words: 'Who got at secrets?' },
  { name: 'processes', words: 'What ran that should not?' },
  { name: 'account', words: 'What did this account do?' },
  { name: 'boundaries', words: 'Who crossed a boundary?' },
  { name: 'who', words: 'Who is behind this?', needs: 'pod' },
  { name: 'indicator', words: 'Was this indicator seen?' },
]

/** spans are times to look back over, each after one that is shorter; the last is all that is stored. */
const spans = ['1h', '24h', '7d', '30d', ever]

/** wider is the next longer time to look back over, where there is one. */
export function wider(span: string): string | undefined {
  const at = spans.indexOf(span)
  return at < 0 ? undefined : spans[at + 1]
}

export function Questions({ saved, chosen, pick }: { saved: SavedQuery[]; chosen: string | undefined; pick: (q: SavedQuery, needs?: string) => void }) {
  return buttons.map(({ name, words, needs }) => {
    const q = saved.find((x) => x.name === name)
    return (
      q && (
        <button key={name} type="button" className="button" title={visible(q.description)} aria-pressed={chosen === name} onClick={() => pick(q, needs)}>
          {words}
        </button>
      )
    )
  })
}
