/** A clerk's counter: presses are sent without leaving the page, and the picture follows the counter and the queue. */
import { Banner } from "./banner.js";
import { Elapsed } from "./elapsed.js";
import { watch } from "./feed.js";
import { Keys } from "./keys.js";
import { Picture } from "./picture.js";
import { Unsent } from "./unsent.js";

const BREATH = 1_000; // after a call, a second press of an impatient finger is not another call
const AGAIN = 3_000;

export class Counter {
  constructor(element) {
    this.element = element;
    this.banner = new Banner(document);
    this.elapsed = new Elapsed(document);
    this.unsent = new Unsent(element.dataset.counter);
    this.keys = new Keys(element);
    this.picture = new Picture(element, { drawn: () => this.drawn() });
    this.states = new Map();
    this.stale = false;
    this.busy = false;
    this.sending = null;
    this.current = this.find('[data-show="current"]').textContent;
    this.listen();
    this.drawn();
    this.sendLater();
  }

  listen() {
    this.element.addEventListener("submit", (event) => this.press(event));
    this.element.addEventListener("click", (event) => this.turn(event));
    addEventListener("storage", () => this.say()); // another tab of this counter has finished somebody
    addEventListener("offline", () => this.lose());
    for (const topic of this.element.dataset.topics.split(" ")) {
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
    if (state === "live" && at) this.elapsed.hear(at);
    if (state === "stale") {
      this.lose();
      this.picture.refresh(); // leads to the sign-in page where the session has ended
    }
    this.say();
  }

  lose() {
    this.stale = true;
    this.say();
  }

  /** Live again is only a page that was drawn again, and whose unsent presses were sent. */
  async catchUp() {
    while (!(await this.picture.load())) await new Promise((done) => setTimeout(done, 1_000));
    await this.send();
    if ([...this.states.values()].every((state) => state === "live")) this.stale = false;
    this.say();
  }

  say() {
    if (this.stale) this.banner.show("stale", this.at);
    else if (this.at) this.banner.show("live", this.at);
    this.holdNext();
    this.sayLater();
  }

  get mayCall() {
    return !this.stale && !this.busy && !this.unsent.any;
  }

  holdNext() {
    const next = this.find('[data-act="next"]');
    if (!next) return;
    next.disabled = !this.mayCall;
    this.find('[data-part="no-next"]').hidden = !this.stale;
    this.find('[data-part="next-who"]').hidden = this.stale;
  }

  /** What was pressed and is not sent yet; what can be pressed although the line is down. */
  sayLater() {
    const ticket = this.find('[data-part="person"]').dataset.ticket;
    const waits = ticket !== undefined && this.unsent.has(ticket);
    const words = this.find('[data-part="unsent"]');
    words.hidden = !waits;
    if (waits) words.textContent = words.dataset.words.replace("{number}", this.current);
    this.find('[data-part="acts"]').inert = waits;
    const later = this.find('[data-part="later"]');
    if (later) later.hidden = waits || !this.stale;
  }

  drawn() {
    const current = this.find('[data-show="current"]').textContent;
    if (current !== this.current) {
      this.current = current;
      this.find("details[open][name]")?.removeAttribute("open");
      if (current) this.breathe();
    }
    this.elapsed.drawn(this.find('[data-part="picture"]').dataset);
    this.keys.show();
    if (this.pressed && document.activeElement === document.body) {
      this.find('[data-part="person"]').focus({ preventScroll: true }); // what was pressed has gone
    }
    this.pressed = false;
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
    const [form, button] = [event.target, event.submitter];
    const act = form.dataset.press;
    if (this.sending) {
      if (this.sending.act === act) return; // the same finger again
      const answered = await this.sending.answered; // which may come after the feed has shown what it did
      if (!form.isConnected || !(answered || act === "finish")) return;
    }
    if (act === "next" && !this.mayCall) return;
    if (act === "finish") {
      this.unsent.keep(form);
      this.say();
      return void this.send();
    }
    await this.sendNow(act, form, new FormData(form, button?.isConnected ? button : null));
  }

  async sendNow(act, form, body) {
    this.pressed = true;
    const answered = this.picture.fetch(form.action, { method: "POST", body });
    this.sending = { act, answered };
    if (await answered) this.close(form);
    else this.sayUnsent();
    if (this.sending?.answered === answered) this.sending = null;
  }

  /** What was kept is not the reader's alone any more: from now on the server's words stand there. */
  close(form) {
    const choice = form.closest("details");
    choice?.removeAttribute("open");
    if (!choice || this.find(".banner--problem")) return;
    form.reset();
    this.picture.refresh();
  }

  /** Sends the finished ones that wait, one try at a time; what is not answered is tried again. */
  async send() {
    if (!this.unsent.any) return;
    this.sendingLater ??= this.trySending();
    await this.sendingLater;
  }

  async trySending() {
    const token = this.find('[name="csrf_token"]').value;
    await this.unsent.send(token, (answer, page) => {
      const drawn = page.querySelector('[data-part="picture"]');
      this.pressed = true;
      if (answer.status === 401) location.assign(location.href); // leads to the sign-in page and back
      else if (drawn) this.picture.draw(page, answer);
      else this.picture.refresh();
    });
    this.sendingLater = null;
    this.sendLater();
    this.say();
  }

  sendLater() {
    clearTimeout(this.later);
    if (this.unsent.any) this.later = setTimeout(() => this.send(), AGAIN);
  }

  sayUnsent() {
    const message = this.find('[data-part="message"]');
    message.textContent = this.element.dataset.unsent;
    message.hidden = false;
  }

  /** Another list, without leaving the page. */
  async turn(event) {
    const tab = event.target.closest("a[data-tab]");
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", tab.href);
    if (!(await this.picture.load())) this.sayUnsent();
  }
}

for (const element of document.querySelectorAll('[data-module="counter"]')) new Counter(element);
