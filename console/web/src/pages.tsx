// The pages that there are, as the navigation and the keyboard know them.
import type { ReactNode } from 'react'

export interface PageLink {
  path: string
  name: string
  /** key follows g. */
  key: string
  icon: ReactNode
}

function icon(d: string): ReactNode {
  return (
    <svg width="18" height="18" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.600" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={d} />
    </svg>
  )
}

export const pages: PageLink[] = [
  { path: '/overview', name: 'Overview', key: 'o', icon: icon('M3 10.500V17h5v-6.500zM8 4v13h5V4zM13 8v9h4V8z') },
  { path: '/incidents', name: 'Incidents', key: 'i', icon: icon('M10 2.500l8 14.500H2zM10 8v4.200M10 14.600v.1') },
  { path: '/findings', name: 'Findings', key: 'f', icon: icon('M4 4h12M4 8h12M4 12h8M4 16h5') },
  { path: '/hunt', name: 'Hunt', key: 'h', icon: icon('M4 5h12M4 10h7M4 15h5M13 12l2.500 2.500M11.800 13.500a2.600 2.600 0 1 0 .1 0') },
  { path: '/map', name: 'Map', key: 'm', icon: icon('M4.500 7a2 2 0 1 0 0-.1M11.500 4.500a2 2 0 1 0 0-.1M11.500 15.500a2 2 0 1 0 0-.1M8.300 6.500l3.400-1.500M7.500 8.300l4.700 5.600M13.600 6.600v6.800') },
  { path: '/inventory', name: 'Inventory', key: 'y', icon: icon('M3 4.500h14v4H3zM3 11.500h14v4H3zM6 6.500h.1M6 13.500h.1') },
  { path: '/rules', name: 'Rules', key: 'r', icon: icon('M5 3h8l3 3v11H5zM8 8h5M8 11h5M8 14h3') },
  { path: '/coverage', name: 'Coverage', key: 'c', icon: icon('M3 4h4v4H3zM9 4h4v4H9zM15 4h2v4h-2zM3 11h4v5H3zM9 11h4v5H9zM15 11h2v5h-2z') },
  { path: '/settings', name: 'Settings', key: 's', icon: icon('M10 7.400a2.600 2.600 0 1 0 .01 0M10 2.500v2.200M10 15.300v2.200M2.500 10h2.200M15.300 10h2.200M4.700 4.700l1.600 1.600M13.700 13.700l1.600 1.600M15.300 4.700l-1.600 1.600M6.300 13.700l-1.600 1.600') },
]
