import { Subject, type Observable } from 'rxjs';

/**
 * Hands events to observers one at a time. An observer that causes another event while it is being told of one does not
 * reach the others first: the new event waits until everyone has heard the one that caused it.
 */
export class Bus<E> {
  private readonly subject = new Subject<E>();
  private readonly waiting: E[] = [];
  private draining = false;
  readonly events$: Observable<E> = this.subject.asObservable();

  emit(event: E): void {
    this.waiting.push(event);
    if (this.draining) return;
    this.draining = true;
    try {
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) this.subject.next(next);
    } finally {
      this.draining = false;
    }
  }

  complete(): void {
    this.subject.complete();
  }
}
