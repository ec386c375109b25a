let pen: CanvasRenderingContext2D | null = null

/** wide is how many pixels a text takes in the console's letters of a size. */
function wide(text: string, size: number): number {
  pen ??= document.createElement('canvas').getContext('2d')
  if (!pen) return text.length * size * 0.62
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`
  return pen.measureText(text).width
}

/** fitted shortens a text in its middle until it takes no more than so many pixels: the ends tell names apart. */
export function fitted(text: string, room: number, size: number): string {
  if (wide(text, size) <= room) return text
  let least = 1
  let most = text.length
  const cut = (n: number) => `${text.slice(0, Math.ceil(n / 2))}…${text.slice(text.length - Math.floor(n / 2))}`
  while (least < most) {
    const n = Math.ceil((least + most) / 2)
    if (wide(cut(n), size) <= room) least = n
    else most = n - 1
  }
  return cut(least)
}
