/** A screen that shows its code: it asks whether the code was typed, and begins by itself when it was. */
const ASK_AGAIN = 3_000;

export class Pairing {
  constructor(element) {
    this.address = element.dataset.state;
    this.wait();
  }

  wait() {
    setTimeout(() => this.ask(), ASK_AGAIN);
  }

  async ask() {
    try {
      const answer = await fetch(this.address, { signal: AbortSignal.timeout(5_000) });
      const { state } = await answer.json();
      if (state !== "waiting") return location.reload(); // accepted: the screen's own page; gone: another code
    } catch {
      // the server is not there now
    }
    return this.wait();
  }
}

for (const element of document.querySelectorAll('[data-module="pairing"]')) new Pairing(element);
