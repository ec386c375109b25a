// make demo on a terminal: it prints a link that opens the console on the recorded attack, and ends with Ctrl-C.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { settled, stage, test, text, until } from './lib.mjs'

const { browser } = await stage({})

test('make demo prints a link that opens on the attack', async () => {
  const root = resolve(import.meta.dirname, '../..')
  // script(1) of util-linux is the terminal. It runs what $SHELL makes of a line; a shell that stays would be interrupted, too.
  const demo = spawn('script', ['-qefc', 'exec tools/demo.sh docs/demo/demo.jsonl.gz 127.0.0.1:0', '/dev/null'], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((done) => demo.on('exit', done))
  let said = ''
  demo.stdout.on('data', (b) => (said += b))
  try {
    const link = await until('the link', () => /http:\/\/127\.0\.0\.1:\d+\/sign-in#[\w-]+/.exec(said)?.[0])
    assert.match(said, /watches what the processes of this node do|are not watched|is seen as root/, said)
    const page = await browser.newPage()
    await page.goto(link)
    await settled(page)
    await until('the attack', async () => {
      await page.reload()
      await settled(page)
      return (await text(page)).includes('anna.keller ran')
    })
  } finally {
    demo.stdin.write('\x03')
    assert.equal(await ended, 0, said)
  }
})
