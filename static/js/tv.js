/** The waiting-room TV: drawn by the server, then each event of the board is shown as it comes. */
import { Banner } from "./banner.js";
import { watch } from "./feed.js";

const ROWS = 7;
const FLASH = 6_000;
const FREE = ["finished", "no_show", "on_hold", "transferred", "left", "cancelled", "expired"];
const STATES = { counter_opened: "open", counter_paused: "paused", counter_closed: "closed" };

export class Tv {
  constructor(element) {
    this.element = element;
    this.calls = this.find('[data-show="calls"]');
    this.template = this.find('[data-part="call"]').content.firstElementChild;
    this.banner = new Banner(element);
    this.setClock(element.dataset.at);
    setInterval(() => this.drawClock(), 1_000);
    new ResizeObserver(() => this.drawWaiting()).observe(this.find('[data-show="waiting-by-service"]'));
    this.feed = watch(element.dataset.topic, {
      onSnapshot: (board) => this.draw(board),
      onEvent: (event) => this.show(event),
      onState: (state, at) => this.hear(state, at),
    });
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  hear(state, at) {
    if (state === "live" && at) this.setClock(at);
    this.banner.show(state, at);
  }

  draw(board) {
    const latest = board.calls.filter(({ ticket }, place) => board.calls.findIndex((call) => call.ticket === ticket) === place);
    this.calls.replaceChildren(...latest.slice(0, ROWS).map((call) => this.row(call)));
    this.find('[data-part="nobody"]').hidden = board.calls.length > 0;
    this.setWaiting(board.waiting.total, board.waiting.by_service);
    for (const { counter, state, number } of board.counters) this.setCounter(counter, { state, number });
    this.find('[data-part="notice"]').hidden = !board.notices;
    this.find('[data-show="notice"]').textContent = board.notices ? Object.values(board.notices).join(" · ") : "";
  }

  show(event) {
    this.setWaiting(event.waiting, event.waiting_by_service);
    if (event.kind === "called") this.call(event);
    else if (event.kind === "recalled") this.recall(event);
    else if (event.kind in STATES) this.setCounter(event.counter, { state: STATES[event.kind], number: null });
    else if (FREE.includes(event.kind) && event.counter !== null) this.setCounter(event.counter, { number: null });
    else if (event.kind === "notice" || event.kind === "other") this.feed.refresh(); // settings, or the day's end
  }

  call(event) {
    this.rowOf(event)?.remove();
    this.calls.prepend(this.row(event));
    while (this.calls.children.length > ROWS) this.calls.lastElementChild.remove();
    this.find('[data-part="nobody"]').hidden = true;
    this.setCounter(event.counter, { number: event.number });
    this.flash(this.calls.firstElementChild);
  }

  recall(event) {
    const row = this.rowOf(event);
    if (!row) return;
    row.dataset.recalls = event.recalls;
    this.flash(row);
  }

  /** A person has one row, that of the last call: an older one leads to a counter that waits for them no more. */
  rowOf({ ticket }) {
    return [...this.calls.children].find((row) => row.dataset.ticket === ticket);
  }

  row({ number, counter, ticket, recalls }) {
    const row = this.template.cloneNode(true);
    Object.assign(row.dataset, { number, counter, ticket, recalls });
    row.querySelector(".call__number").textContent = number;
    row.querySelector(".call__counter").textContent = counter;
    return row;
  }

  flash(row) {
    row.classList.add("call--new");
    setTimeout(() => row.classList.remove("call--new"), FLASH);
  }

  setWaiting(total, byService) {
    this.find('[data-show="waiting"]').textContent = total;
    for (const line of this.find('[data-show="waiting-by-service"]').children) {
      line.lastElementChild.textContent = byService[line.dataset.service] ?? 0;
    }
    this.drawWaiting();
  }

  /** As many services as there is room for; the total says the rest. */
  drawWaiting() {
    const list = this.find('[data-show="waiting-by-service"]');
    for (const line of list.children) line.hidden = line.lastElementChild.textContent === "0";
    const shown = [...list.children].filter((line) => !line.hidden);
    while (shown.length > 0 && list.scrollHeight > list.clientHeight) shown.pop().hidden = true;
  }

  setCounter(counter, { state, number }) {
    const desk = this.find(`.desks__one[data-counter="${counter}"]`);
    if (!desk) return;
    if (state) desk.dataset.state = state;
    const who = desk.lastElementChild;
    who.textContent = number ?? who.dataset[desk.dataset.state];
  }

  /** The wall clock of the centre: the server's, carried on by this screen between two messages. */
  setClock(at) {
    this.wall = { shown: Date.parse(`${at.slice(0, 19)}Z`), since: performance.now() };
    if (this.day && this.day !== at.slice(0, 10)) void this.drawDate();
    this.day = at.slice(0, 10);
    this.drawClock();
  }

  drawClock() {
    const shown = new Date(this.wall.shown + performance.now() - this.wall.since);
    document.querySelector('[data-show="clock"]').textContent = shown.toISOString().slice(11, 16);
  }

  /** Dates in words are the server's: no browser knows the Lao ones. Yesterday's calls go with the old date. */
  async drawDate() {
    this.feed.refresh();
    try {
      const page = await (await fetch(location.href, { signal: AbortSignal.timeout(5_000) })).text();
      const now = new DOMParser().parseFromString(page, "text/html").querySelector('[data-show="date"]');
      document.querySelector('[data-show="date"]').textContent = now.textContent;
    } catch {
      this.day = null; // tried again with the next message
    }
  }
}

for (const element of document.querySelectorAll('[data-module="tv"]')) new Tv(element);
