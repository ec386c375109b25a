/** lines reads an answer of lines of JSON as they come. Some browsers cannot go through a stream themselves. */
export async function* lines<T>(answer: Response): AsyncGenerator<T> {
  if (!answer.body) return
  const reader = (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    const parts = (rest + value).split('\n')
    rest = parts.pop() ?? ''
    for (const p of parts) if (p) yield JSON.parse(p) as T
  }
  if (rest.trim()) yield JSON.parse(rest) as T
}
