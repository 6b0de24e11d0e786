/** A clerk's counter: presses are sent without leaving the page, and the picture follows the counter and the queue. */
import { Banner } from "./banner.js";
import { watch } from "./feed.js";
import { Picture } from "./picture.js";

const BREATH = 1_000; // after a call, a second press of an impatient finger is not another call

export class Counter {
  constructor(element) {
    this.element = element;
    this.banner = new Banner(element);
    this.picture = new Picture(element, { drawn: () => this.drawn() });
    this.states = new Map();
    this.stale = false;
    this.busy = false;
    this.current = this.find('[data-show="current"]').textContent;
    element.addEventListener("submit", (event) => this.press(event));
    for (const topic of element.dataset.topics.split(" ")) {
      watch(topic, {
        onSnapshot: () => this.catchUp(),
        onEvent: () => this.picture.refresh(),
        onState: (state, at) => this.hear(topic, state, at),
      });
    }
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  hear(topic, state, at) {
    this.states.set(topic, state);
    this.at = at;
    if (state === "stale") {
      this.stale = true;
      this.picture.refresh(); // leads to the sign-in page where the session has ended
    }
    this.say();
  }

  /** Live again is only a page that was drawn again. */
  async catchUp() {
    while (!(await this.picture.load())) await new Promise((done) => setTimeout(done, 1_000));
    if ([...this.states.values()].every((state) => state === "live")) this.stale = false;
    this.say();
  }

  say() {
    if (this.stale) this.banner.show("stale", this.at);
    else if (this.at) this.banner.show("live", this.at);
    this.holdNext();
  }

  holdNext() {
    const next = this.find('[data-act="next"]');
    if (next) next.disabled = this.stale || this.busy;
    const words = this.find('[data-part="no-next"]');
    if (words) words.hidden = !this.stale;
  }

  drawn() {
    const current = this.find('[data-show="current"]').textContent;
    if (current !== this.current) {
      this.current = current;
      this.find("details[open]")?.removeAttribute("open");
      if (current) this.breathe();
    }
    this.say();
  }

  breathe() {
    this.busy = true;
    setTimeout(() => {
      this.busy = false;
      this.holdNext();
    }, BREATH);
  }

  async press(event) {
    event.preventDefault();
    const form = event.target;
    if (this.sending || (form.dataset.press === "next" && (this.stale || this.busy))) return;
    this.sending = true;
    const answered = await this.picture.fetch(form.action, { method: "POST", body: new FormData(form, event.submitter) });
    this.sending = false;
    if (!answered) this.sayUnsent();
  }

  sayUnsent() {
    const message = this.find('[data-part="message"]');
    message.textContent = this.element.dataset.unsent;
    message.hidden = false;
  }
}

for (const element of document.querySelectorAll('[data-module="counter"]')) new Counter(element);
