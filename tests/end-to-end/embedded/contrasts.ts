/** The contrast of the colours that text has with those that it stands on, as WCAG 2 counts it. */
export const contrasts = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d')
  const luminance = (name) => {
    canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--' + name)
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b] = Array.from(canvas.getImageData(0, 0, 1, 1).data, (value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (high + 0.05) / (low + 0.05)
  }
  const pairs = ['text', 'faint', 'accent', 'green', 'blue', 'orange', 'red'].flatMap((text) => [[text, 'card'], [text, 'page']])
  return Object.fromEntries([...pairs, ['accent-text', 'accent']].map(([text, ground]) => [text + ' on ' + ground, ratio(text, ground)]))
})()`
