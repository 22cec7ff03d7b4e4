/** What a reader chose, kept in the browser from one visit to the next; a browser that keeps nothing forgets it. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`lichen.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`lichen.${name}`, value);
  } catch {
    // a private window or a full disk: the choice holds as long as the page is open
  }
}
