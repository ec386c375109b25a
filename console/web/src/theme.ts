// Light or dark: what the system says, unless somebody chose.
export type Theme = 'auto' | 'light' | 'dark'

const key = 'lynceus.theme'

export function theme(): Theme {
  const kept = localStorage.getItem(key)
  return kept === 'light' || kept === 'dark' ? kept : 'auto'
}

export function setTheme(t: Theme): void {
  if (t === 'auto') localStorage.removeItem(key)
  else localStorage.setItem(key, t)
  applyTheme()
}

export function applyTheme(): void {
  const t = theme()
  if (t === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = t
  window.dispatchEvent(new Event('themechange'))
}

/** isDark says what is shown now. */
export function isDark(): boolean {
  const t = theme()
  return t === 'dark' || (t === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
}
