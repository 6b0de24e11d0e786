/** One ticket on its holder's phone: drawn by the server, kept up to date from its own topic. */
import { Banner } from "./banner.js";
import { Bell } from "./bell.js";
import { watch } from "./feed.js";
import { Keep } from "./keep.js";
import { Share } from "./share.js";

const OVER = ["finished", "left", "cancelled", "expired"];

export class Phone {
  constructor(element) {
    this.element = element;
    this.words = JSON.parse(element.dataset.words); // in the reader's language; the feed knows the ticket's
    this.state = this.find("state").dataset.value;
    this.backUntil = Infinity;
    this.place = Number(this.find("position").textContent) || null;
    this.bell = new Bell(this.find("sound"));
    this.keep = new Keep();
    new Share(this.find("share"));
    const banner = new Banner(element);
    watch(element.dataset.topic, {
      onSnapshot: (ticket) => this.draw(ticket),
      onEvent: (event) => this.draw(event),
      onRefresh: (event) => "position" in event && this.drawPlace(event.position),
      onState: (state, at) => this.hear(state, at, banner),
    });
  }

  find(name) {
    return this.element.querySelector(`[data-show="${name}"], [data-part="${name}"]`);
  }

  /** While the line is down nothing can be asked for; the time is that of the last thing heard, also of a kept page. */
  hear(state, at, banner) {
    if (at) this.element.dataset.at = at;
    banner.show(state, this.element.dataset.at);
    for (const button of this.element.querySelectorAll("form button")) button.disabled = state === "stale";
    if (at && Date.parse(at) > this.backUntil) this.drawBack({ ...this.ticket, may_come_back: false, come_back_until: null });
  }

  draw(ticket) {
    const called = ticket.state === "called" && (this.state !== "called" || ticket.kind === "recalled");
    this.state = ticket.state;
    this.ticket = ticket;
    this.drawHead(ticket, kindOf(ticket));
    this.drawSteps(ticket.services);
    this.drawBack(ticket);
    if (ticket.state !== "waiting") this.drawPlace(null);
    else if (ticket.position !== undefined) this.drawPlace(ticket.position);
    for (const part of this.element.querySelectorAll("[data-when]"))
      part.hidden = !part.dataset.when.split(" ").includes(ticket.state);
    this.find("may-pass").hidden = !ticket.may_pass;
    this.find("passed").hidden = ticket.state !== "waiting" || ticket.may_pass;
    if (called) this.announce();
    if (OVER.includes(ticket.state)) void this.keep.forget();
    else this.keep.page();
  }

  drawHead({ number, state, service, counter }, kind) {
    const says = this.words.says[kind];
    if (state !== "called") this.find("aloud").textContent = "";
    this.find("number").textContent = number;
    this.find("state").dataset.value = state;
    this.element.dataset.value = state;
    if (this.find("says").textContent !== says) this.find("says").textContent = says;
    this.find("service").textContent = this.words.services[service] ?? this.find("service").textContent;
    this.find("counter").textContent = counter ?? "";
    this.find("at-counter").hidden = counter === null;
    const turn = state === "called" ? `${this.words.counter.replace("{n}", counter)} · ` : "";
    document.title = `${turn}${number} · OneDoor`;
  }

  /** Who was set aside may come back without the staff, once in each queue, and after a missed call until a certain time. */
  drawBack(ticket) {
    const { services, may_come_back: may, come_back_until: until } = ticket;
    const papers = missing(services);
    const words = this.words.back[kindOf(ticket)];
    this.backUntil = until ? Date.parse(until) : Infinity;
    this.find("may-come-back").hidden = !may;
    if (!words) return;
    this.find("back-head").textContent = words.head;
    this.find("back-says").textContent = may ? words.may.replace("{time}", until?.slice(11, 16)) : words.ask;
    this.find("missing").hidden = papers.length === 0;
    this.find("missing").replaceChildren(...papers.map(({ name, names }) => line(names[document.documentElement.lang] ?? name)));
  }

  /** The person is called, or called once more. */
  announce() {
    this.bell.ring();
    const counter = this.words.counter.replace("{n}", this.find("counter").textContent);
    this.find("aloud").textContent = [this.words.says.called, counter].join(" ");
    scrollTo(0, 0);
  }

  drawPlace(place) {
    const ahead = place === null ? 0 : place - 1;
    this.find("place").hidden = place === null;
    this.find("position").textContent = place ?? "";
    this.find("ahead").textContent = place === null ? "" : ahead;
    this.find("ahead-words").textContent = ahead === 1 ? this.words.ahead.one : this.words.ahead.some;
    const hint = ahead === 0 ? "next" : ahead <= this.words.near ? "near" : "far";
    this.find("hint").hidden = place === null;
    if (this.find("hint").dataset.value !== hint) this.find("hint").textContent = this.words.hints[hint];
    this.find("hint").dataset.value = hint;
    if (place !== null && this.isNear(place) && this.place !== null && !this.isNear(this.place)) navigator.vibrate?.(300);
    this.place = place;
    this.keep.page();
  }

  isNear(place) {
    return place - 1 <= this.words.near;
  }

  drawSteps(services) {
    const kept = services.filter((step) => step.state !== "dropped");
    const steps = kept.map((step) => {
      const item = this.find("step").content.firstElementChild.cloneNode(true);
      item.dataset.state = step.state;
      item.querySelector('[data-part="service"]').textContent = this.words.services[step.code] ?? step.name;
      item.querySelector('[data-part="word"]').textContent = this.wordOf(step);
      const ready = item.querySelector('[data-part="ready"]');
      ready.hidden = !step.ready_on;
      if (step.ready_on) ready.textContent = this.words.ready.replace("{date}", this.dateOf(step.ready_on));
      return item;
    });
    this.find("steps").replaceChildren(...steps);
    const collects = kept.some((step) => step.ready_on);
    this.find("has-all").hidden = collects;
    this.find("collects").hidden = !collects;
  }

  /** Browsers have no Lao names of months. */
  dateOf(day) {
    const [year, month, date] = day.split("-").map(Number);
    return `${date} ${this.words.months[month - 1]} ${year}`;
  }

  wordOf({ code, state, finished_at: ended }) {
    const only = this.words.where[code];
    if (state === "planned" && only) return this.words.counter.replace("{n}", only);
    const time = state === "finished" ? ` ${ended?.slice(11, 16) ?? ""}` : "";
    return this.words.states[state] + time;
  }
}

/** What the person went to fetch. */
const missing = (services) => services.find((step) => step.state === "on_hold")?.missing ?? [];

const kindOf = ({ state, services, on_way: onWay }) => (onWay ? "way" : missing(services).length ? "fetch" : state);

const line = (textContent) => Object.assign(document.createElement("li"), { textContent });

for (const element of document.querySelectorAll('[data-module="phone"]')) new Phone(element);
