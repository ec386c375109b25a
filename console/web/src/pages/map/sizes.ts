// How amounts are written.
const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** bytesOf writes an amount of data with three digits at most, in powers of 1,000. */
export function bytesOf(n: number): string {
  let i = 0
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000
    i++
  }
  return `${i > 0 && n < 10 ? n.toFixed(1) : Math.round(n)} ${units[i]}`
}

/** short writes a count in few letters. */
export function short(n: number): string {
  if (n < 1000) return String(n)
  if (n < 1_000_000) return `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)}k`
  return `${(n / 1_000_000).toFixed(n < 10_000_000 ? 1 : 0)}M`
}
