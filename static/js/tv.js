/** The waiting-room TV: drawn by the server, then each event of the board is shown as it comes and announced in turn. */
import { Announcements } from "./announcements.js";
import { CallList } from "./calls.js";
import { Chime } from "./chime.js";
import { watch } from "./feed.js";
import { keyOf, Told } from "./told.js";
import { Waits } from "./waits.js";
import { onWall, Wall } from "./wall.js";

const FREE = ["finished", "no_show", "on_hold", "transferred", "left", "cancelled", "expired"];
const STATES = { counter_opened: "open", counter_paused: "paused", counter_closed: "closed" };
const ROWS = { full: 7, lean: 7, far: 5 };
const BY_CLOCK = ["date", "closed"]; // drawn by the server
const BY_SETTINGS = ["name", "waits", "desks"];
const AGAIN = 10_000;
const ALL = 20; // a snapshot with fewer calls has all of the day

export class Tv {
  constructor(element) {
    this.element = element;
    this.screen = element.closest("body");
    const { at, topic, announce, crowded } = element.dataset;
    this.announcements = new Announcements({
      begin: (call, more) => this.announce(call, more),
      rest: () => this.rest(),
      changed: (more) => this.drawMore(more),
      time: Number(announce),
      brief: Number(crowded),
    });
    this.calls = new CallList(this.find('[data-show="calls"]'), this.find('[data-part="call"]').content.firstElementChild, {
      room: () => this.rows,
      isOpen: (key) => this.announcements.isOpen(key),
    });
    this.waits = new Waits(this.find('[data-show="waiting-by-service"]'), this.find('[data-show="waiting"]'));
    this.chime = new Chime(this.find('[data-act="sound"]'));
    this.wall = new Wall(this.find('[data-show="clock"]'));
    this.told = new Told(`tv ${topic}`, { at, calls: this.calls.read(), storage: sessionStorage });
    this.wall.set(at);
    this.readChanges();
    this.ticking = setInterval(() => this.tick(), 1_000);
    this.feed = watch(topic, {
      onSnapshot: (board) => this.draw(board),
      onEvent: (event) => this.show(event),
      onState: (state, at) => this.hear(state, at),
    });
  }

  find(selector) {
    return this.screen.querySelector(selector);
  }

  part(name) {
    return this.find(`[data-part="${name}"]`);
  }

  get rows() {
    const layout = Object.keys(ROWS).find((name) => this.element.classList.contains(`tv__room--${name}`));
    return ROWS[layout];
  }

  hear(state, at) {
    this.element.dataset.feed = state;
    const stale = this.find('[data-show="stale"]');
    const wasStale = !stale.hidden;
    stale.hidden = state !== "stale";
    if (state === "stale") return this.sayStale(stale, at);
    if (at && this.wall.set(at)) void this.drawAgain(); // another day
    if (at) this.told.hear(at);
    if (wasStale) void this.drawAgain(); // the server may be another one by now
  }

  sayStale(stale, at) {
    const time = at?.slice(11, 16); // the wall clock of the centre, as the instant carries it
    for (const line of stale.children) {
      line.textContent = time ? line.dataset.since.replace("{time}", time) : line.dataset.never;
    }
  }

  /** A first load and every later doubt are the same; what was called meanwhile is announced. */
  draw(board) {
    for (const call of this.withdrawn(board.calls)) this.announcements.drop(call.key);
    const missed = this.told.missed(board.calls, board.at).filter((call) => !this.announcements.holds(call));
    this.waits.set(board.waiting.total, board.waiting.by_service);
    for (const { counter, ...now } of board.counters) this.setCounter(counter, { ...now, served: now.ticket_state === "serving" });
    this.drawNotice(board.notices);
    this.calls.draw(board.calls);
    for (const call of missed) this.announcements[call.recalled ? "recall" : "add"](call);
    this.calls.arrange();
    this.drawState();
  }

  /** What was taken back while this screen did not hear it: a snapshot has every call, or the newest of a long day. */
  withdrawn(calls) {
    const there = new Set(calls.map(keyOf));
    const since = calls.length < ALL ? 0 : Date.parse(calls.at(-1).called_at);
    return this.announcements.open.filter((call) => !there.has(call.key) && Date.parse(call.called_at) >= since);
  }

  show(event) {
    this.waits.set(event.waiting, event.waiting_by_service);
    if (event.kind === "called") this.call(event);
    else if (event.kind === "recalled") this.recall(event);
    else if (event.kind === "undone") this.undo(event);
    else if (event.kind === "serving") this.setCounter(event.counter, { number: event.number, served: true });
    else if (event.kind in STATES) this.setCounter(event.counter, { state: STATES[event.kind], number: null });
    else if (FREE.includes(event.kind) && event.counter !== null) this.setCounter(event.counter, { number: null });
    else if (event.kind === "notice" || event.kind === "other") this.changed(); // settings, or the day's end
    this.drawState();
  }

  changed() {
    this.feed.refresh();
    void this.drawAgain();
  }

  /** Who stands at the counter already is shown there, and not announced. */
  call({ ticket, number, counter, recalls, at, quiet }) {
    const call = { ticket, number, counter, recalls, quiet, called_at: at, key: keyOf({ ticket, called_at: at }) };
    this.setCounter(counter, { number });
    this.calls.add(call);
    if (!quiet) this.announcements.add({ ...call, recalled: false });
    this.calls.arrange();
  }

  /** A press was taken back. A call goes; in all else the person stands at the counter again, or still. */
  undo({ undoes, ticket, number, counter }) {
    const isCall = undoes === "called";
    if (counter !== null) this.setCounter(counter, { number: isCall ? null : number });
    if (!isCall) return void this.feed.refresh(); // whether they are served, the snapshot knows
    const key = this.calls.latestKey(ticket);
    this.calls.remove(key);
    this.announcements.drop(key);
    this.feed.refresh(); // a call before it is in the snapshot
  }

  recall({ ticket, number, counter, recalls }) {
    const call = { ticket, number, counter, recalls, called_at: "", key: this.calls.latestKey(ticket) };
    this.calls.recall(call);
    this.announcements.recall(call);
    this.calls.arrange();
  }

  announce(call, more) {
    this.told.tell(call);
    this.chime.ring();
    this.calls.announce(call);
    this.drawMore(more);
    this.say(call);
    this.drawState();
  }

  rest() {
    this.calls.rest();
    this.drawMore(0);
    this.drawState();
    if (this.outdated) location.reload();
  }

  /** For those who hear the page: both languages, as on the screen. */
  say({ number, counter }) {
    const region = this.part("said");
    const { words, second, secondLang } = region.dataset;
    const filled = (sentence) => sentence.replace("{number}", number).replace("{counter}", counter);
    const lines = [Object.assign(document.createElement("span"), { textContent: `${filled(words)} ` })];
    if (second) lines.push(Object.assign(document.createElement("span"), { textContent: filled(second), lang: secondLang }));
    region.replaceChildren(...lines);
  }

  drawMore(more) {
    this.part("more").hidden = more === 0;
    this.part("more-number").textContent = more;
  }

  drawNotice(notices) {
    this.part("notice").hidden = !notices;
    const { lang: first } = document.documentElement;
    const inOrder = Object.entries(notices ?? {}).sort(([one], [other]) => (other === first) - (one === first));
    const lines = inOrder.flatMap(([lang, textContent]) => [
      Object.assign(document.createElement("span"), { lang, textContent }),
      " ",
    ]);
    this.find('[data-show="notice"]').replaceChildren(...lines);
  }

  desk(counter) {
    return this.find(`.desks__one[data-counter="${counter}"]`);
  }

  setCounter(counter, { state, number, served = false }) {
    const desk = this.desk(counter);
    if (!desk) return;
    if (state) desk.dataset.state = state;
    desk.dataset.at = number ?? "";
    desk.toggleAttribute("data-served", served);
    const who = desk.lastElementChild;
    who.textContent = number ?? who.dataset[desk.dataset.state];
  }

  /** What the large part shows; display/standing.py decides the same for a page that is opened now. */
  drawState() {
    this.find(".tv__calls").dataset.state = this.state();
    this.calls.mark((call) => this.comes(call));
  }

  /** Whether somebody was called and is not served yet, as far as the counter knows. */
  comes({ number, counter }) {
    const desk = this.desk(counter);
    return desk?.dataset.at === number && !("served" in desk.dataset);
  }

  state() {
    const desks = [...this.find('[data-show="counters"]').children].map(({ dataset }) => dataset);
    const isCalled = this.announcements.current !== null || desks.some(({ at }) => at);
    if (isCalled && !this.calls.isEmpty) return "calls";
    if (!("open" in this.part("closed").dataset)) return "closed";
    if (desks.every(({ state }) => state !== "open")) return desks.some(({ state }) => state === "paused") ? "paused" : "unstaffed";
    return this.calls.isEmpty ? "empty" : "calls";
  }

  tick() {
    this.wall.draw();
    if (this.wall.now() < this.changes) return;
    this.changes = Infinity;
    void this.drawAgain();
  }

  /** When the centre opens or closes next. */
  readChanges() {
    const { changes } = this.part("closed").dataset;
    this.changes = changes ? Math.max(onWall(changes), this.wall.now() + AGAIN) : Infinity;
  }

  /** What the server alone can say (dates in words, names, hours) is taken from a page that it draws now. */
  async drawAgain() {
    clearTimeout(this.asking);
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(AGAIN) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.take(page);
    } catch {
      this.asking = setTimeout(() => void this.drawAgain(), AGAIN);
    }
  }

  take(page) {
    const { version, settings } = page.querySelector('[data-module="tv"]').dataset; // an error page has none
    if (version !== this.element.dataset.version) return this.renew();
    for (const name of BY_CLOCK) this.exchange(name, page);
    this.readChanges();
    if (settings !== this.element.dataset.settings) {
      this.element.dataset.settings = settings;
      for (const name of BY_SETTINGS) this.exchange(name, page);
      this.waits.draw();
      this.feed.refresh(); // the page may be older than the last event
    }
    return this.drawState();
  }

  exchange(name, page) {
    const [old, now] = [this.part(name), page.querySelector(`[data-part="${name}"]`)];
    for (const key of ["open", "changes"]) copy(now.dataset, old.dataset, key);
    old.replaceChildren(...now.childNodes);
  }

  /** The server is of another version: its page is taken, but nobody's announcement is cut off. */
  renew() {
    this.outdated = true;
    if (this.announcements.current === null) location.reload();
  }
}

function copy(from, to, key) {
  if (key in from) to[key] = from[key];
  else delete to[key];
}

for (const element of document.querySelectorAll('[data-module="tv"]')) new Tv(element);
// The page is whole: it does not load itself again (display/pages.py says when it would have).
addEventListener("load", () => window.stop());
