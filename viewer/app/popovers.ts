/** Puts an open popover under a button, or above where there is no room, inside the window. */
export function placeAt(popover: HTMLElement, button: HTMLElement): void {
  // at the edge of the window it would be narrower than it is going to be
  popover.style.left = popover.style.top = '0';
  const from = button.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const isBelow = from.bottom + 4 + height <= innerHeight;
  popover.style.left = `${Math.max(8, Math.min(from.right - width, innerWidth - width - 8))}px`;
  popover.style.top = `${Math.max(8, isBelow ? from.bottom + 4 : from.top - height - 4)}px`;
}

/** Keeps a popover with the button that opens it. */
export function placeUnder(popover: HTMLElement, button: HTMLElement): void {
  popover.addEventListener('toggle', (event) => {
    const isOpen = (event as ToggleEvent).newState === 'open';
    button.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) placeAt(popover, button);
  });
}

/** Whether something lies over the page that Escape closes first. */
export function isSomethingOpen(): boolean {
  return document.querySelector(':popover-open, dialog[open]') !== null;
}
