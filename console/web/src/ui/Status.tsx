const words: Record<string, string> = { open: 'Open', investigating: 'Investigating', closed: 'Closed', merged: 'Merged' }
const marks: Record<string, string> = { open: '○', investigating: '◐', closed: '●', merged: '⤷' }

/** resolutions are how a case can be closed, in words. */
export const resolutions: Record<string, string> = { true_positive: 'it was an attack', false_positive: 'a false alarm', expected: 'expected', duplicate: 'known already' }

/** Status of an incident's case. */
export function Status({ status, resolution }: { status: string; resolution?: string }) {
  return (
    <span className={`chip status-${status}`}>
      <span aria-hidden="true">{marks[status] ?? ''}</span>
      {words[status] ?? status}
      {resolution ? `: ${resolutions[resolution] ?? resolution}` : ''}
    </span>
  )
}
