const eighths = ' ▁▂▃▄▅▆▇█';

/** Values as an area of block characters, the highest at the top; as many columns as fit, each the mean of what falls into it. */
export function areaChart(values: readonly number[], { width, height }: { width: number; height: number }): string[] {
  const columns = Math.min(width, values.length);
  const heights = Array.from({ length: columns }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / columns), Math.max(Math.floor((i * values.length) / columns) + 1, Math.floor(((i + 1) * values.length) / columns)));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const most = Math.max(...heights, Number.MIN_VALUE);
  return Array.from({ length: height }, (_, line) => {
    const below = height - 1 - line;
    return heights.map((value) => eighths[Math.max(0, Math.min(8, Math.round((value / most) * height * 8) - below * 8))]!).join('');
  });
}
