/** A kiosk is the next person's: left alone for a while, it goes back to its first page, if the server is there. */
export class Kiosk {
  constructor(element) {
    this.start = element.dataset.start;
    this.idle = Number(element.dataset.idle) * 1000;
    this.timer = null;
    for (const touched of ["pointerdown", "keydown", "scroll"]) addEventListener(touched, () => this.wait(), { passive: true });
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.goBack(), this.idle);
  }

  async goBack() {
    try {
      const answer = await fetch(this.start, { signal: AbortSignal.timeout(5000) });
      if (answer.ok) return location.replace(this.start); // an error page of the browser would end the kiosk
    } catch {
      // not reachable: what is shown stays, and we try again
    }
    return this.wait();
  }
}

for (const element of document.querySelectorAll('[data-module="kiosk"]')) new Kiosk(element);
