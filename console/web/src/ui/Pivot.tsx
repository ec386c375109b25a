import { nameOf, visible } from '../format'
import { everything } from '../pages/hunt/values'
import { Link } from '../router'
import { may, useWho } from '../session'

/** Pivot is a value of an event: a name, a pod, an address. For those who may ask it leads to everything with it. */
export function Pivot({ value }: { value: string }) {
  const who = useWho()
  if (!may(who, 'analyst')) return <span className="chip mono">{nameOf(value)}</span>
  // A pod and an account stand in events by their name and namespace apart.
  const name = value.includes('/') && !value.startsWith('/') ? value.slice(value.lastIndexOf('/') + 1) : value
  return (
    <Link to={`/hunt?q=${encodeURIComponent(everything(name))}`} className="chip mono" title={`Everything with ${visible(name)}`}>
      {nameOf(value)}
    </Link>
  )
}
