/** A part of a page that the server draws: fetched again when something has happened, and changed where it differs. */
import { Idiomorph } from "../vendor/idiomorph.esm.js";

const ANSWER = 10_000;

/** What the reader has opened, typed, ticked or chosen stays as it is. */
const isTheReaders = (attribute, element) => {
  if (attribute === "open") return element.tagName === "DETAILS";
  const first = { value: "defaultValue", checked: "defaultChecked", selected: "defaultSelected" }[attribute];
  return first in element && element[attribute] !== element[first];
};

export class Picture {
  constructor(root, { pause = 120, drawn = () => {} } = {}) {
    Object.assign(this, { root, pause, drawn, timer: null, running: null, again: false });
  }

  /** Draws the page again soon; many wishes are one. */
  refresh() {
    if (this.running) this.again = true;
    else
      this.timer ??= setTimeout(() => {
        this.timer = null;
        void this.load();
      }, this.pause);
  }

  /** Draws the page as it is from now on; false when the server did not answer. */
  load() {
    const mine = (this.running ?? Promise.resolve()).then(() => this.fetch(location.pathname + location.search));
    this.running = mine;
    return mine.finally(() => {
      if (this.running !== mine) return;
      this.running = null;
      if (this.again) this.refresh();
      this.again = false;
    });
  }

  /** Fetches an address, or sends a form there, and draws what comes. False when the server did not answer. */
  async fetch(address, options = {}) {
    try {
      const answer = await fetch(address, { ...options, signal: AbortSignal.timeout(ANSWER) });
      if (answer.status === 429 || answer.status >= 500) return false; // it will be asked again
      this.draw(new DOMParser().parseFromString(await answer.text(), "text/html"), answer);
      return true;
    } catch {
      return false;
    }
  }

  draw(page, answer) {
    const [old, now] = [this.root, page].map((where) => where.querySelector('[data-part="picture"]'));
    if (now === null) return location.assign(answer.redirected ? answer.url : location.href); // signed out, most likely
    Idiomorph.morph(old, now, { callbacks: { beforeAttributeUpdated: (...change) => !isTheReaders(...change) } });
    return this.drawn();
  }
}
