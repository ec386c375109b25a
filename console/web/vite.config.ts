import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// What is built is committed, so it must be the same wherever it is built.
export default defineConfig({
  plugins: [react()],
  base: '/',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // The policy of the pages lets no inline script or data: font in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  // npm run dev asks a server that runs: lynceus up.
  server: { proxy: { '/api': 'http://127.0.0.1:7443' } },
})
