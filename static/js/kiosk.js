/** A kiosk is the next person's: no page of the last one stays in the browser's history, and none waits for ever. */
import { Idle } from "./kiosk-idle.js";
import { Line } from "./kiosk-line.js";
import { Printing } from "./kiosk-print.js";
import { Reference } from "./kiosk-reference.js";
import { Search } from "./search.js";

const ANSWER = 10_000;
const LOOK_AGAIN = 30_000;

export class Kiosk {
  constructor(element) {
    const { start, alive, kind, state, idle, warn } = element.dataset;
    Object.assign(this, { element, start, kind, state, sending: false, lastTouch: 0 });
    this.line = new Line(document.querySelector('[data-part="lost"]'), alive, { quiet: this.kind === "ticket" });
    this.idle = new Idle(document.querySelector('[data-part="idle"]'), {
      seconds: Number(idle),
      warning: Number(warn),
      untouched: () => this.isUntouched(),
      over: () => this.startAgain(),
    });
    this.search = Search.of(element);
    Reference.of(element);
    this.printing = Printing.of(element);
    addEventListener("click", (press) => this.follow(press));
    element.querySelector('[data-part="take"]')?.addEventListener("submit", (press) => this.take(press));
    for (const group of element.querySelectorAll("details")) {
      group.addEventListener("toggle", () => group.open && group.scrollIntoView({ block: "nearest" }));
    }
    addEventListener("pageshow", (shown) => shown.persisted && location.replace(this.start));
    addEventListener("pointerdown", () => this.touched(), { passive: true });
    addEventListener("keydown", () => (this.lastTouch = Date.now()));
    if (this.kind === "first") setInterval(() => this.lookAgain(), LOOK_AGAIN);
  }

  /** A finger needs a moment to lift: long enough to see whether the server is there, before the page is left. */
  touched() {
    this.lastTouch = Date.now();
    void this.line.ask();
  }

  follow(press) {
    const link = press.target.closest("a[href]");
    if (!link || link.hash || press.ctrlKey || press.metaKey) return;
    press.preventDefault();
    if (!this.line.lost) location.replace(link.href); // in place of this page, which nobody shall come back to
  }

  /** Sends the form once; the line may break, and the same key then gives the same ticket. */
  async take(press) {
    press.preventDefault();
    if (this.sending || this.line.lost) return;
    const form = press.target;
    this.isSending(true);
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(ANSWER) });
      if (answer.redirected && answer.ok) location.replace(answer.url);
      else form.submit(); // a refusal: the page says which
    } catch {
      this.isSending(false);
      void this.line.ask();
    }
  }

  isSending(now) {
    this.sending = now;
    for (const part of ["ready", "sending"]) {
      this.element.querySelector(`[data-part="${part}"]`).hidden = now === (part === "ready");
    }
  }

  isUntouched() {
    return "untouched" in this.element.dataset && !this.search?.isUsed() && !this.element.querySelector("details[open]");
  }

  /** The time is over: what the person saw goes, also when the server can't be reached now. */
  async startAgain() {
    if (await this.line.ask()) return location.replace(this.start);
    this.element.replaceChildren();
    document.title = "";
    return this.line.waitFor(() => location.replace(this.start));
  }

  /** Opening, closing and who waits change while nobody touches the first page. */
  async lookAgain() {
    if (this.line.lost || !this.isUntouched()) return;
    try {
      const answer = await fetch(this.start, { signal: AbortSignal.timeout(ANSWER) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector('[data-module="kiosk"]')?.dataset.state;
      if (!now || now === this.state || Date.now() - this.lastTouch < LOOK_AGAIN / 2) return;
      if (this.isUntouched()) location.replace(this.start);
    } catch {
      // the line says so itself
    }
  }
}

for (const element of document.querySelectorAll('[data-module="kiosk"]')) new Kiosk(element);
