import type { Page } from 'playwright-core';

/** WCAG 2.2, success criterion 1.4.3. */
const AA = 4.5;

/**
 * Words on the page that are harder to read than WCAG AA allows: their colour against the nearest ground that is
 * opaque, or nearly so, with what is translucent between laid over it.
 */
export function weakWords(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    const parse = (colour: string): number[] => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    const over = ([r, g, b, a]: number[], ground: number[]): number[] => [r, g, b].map((part, c) => part! * a! / 255 + ground[c]! * (1 - a! / 255));
    const luminance = (rgb: number[]): number => {
      const [r, g, b] = rgb.map((part) => { const c = part / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const groundOf = (node: Element | null): number[] => {
      if (node === null) return parse(getComputedStyle(document.body).backgroundColor);
      const colour = parse(getComputedStyle(node).backgroundColor);
      return colour[3]! > 250 ? colour.slice(0, 3) : over(colour, groundOf(node.parentElement));
    };
    return Array.from(document.querySelectorAll<HTMLElement>('body *')).flatMap((node) => {
      const own = Array.from(node.childNodes).filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.textContent ?? '').join('').trim();
      if (own === '' || !node.checkVisibility({ opacityProperty: true }) || node.closest('svg, :disabled, option, .unseen') !== null) return [];
      const ground = groundOf(node);
      const [light, dark] = [luminance(over(parse(getComputedStyle(node).color), ground)), luminance(ground)].sort((a, b) => b - a) as [number, number];
      const contrast = (light + 0.05) / (dark + 0.05);
      return contrast < least ? [`${own.slice(0, 40)} (${node.localName}.${node.className}): ${contrast.toFixed(2)}`] : [];
    });
  }, AA);
}
