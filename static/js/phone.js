/** One ticket on its holder's phone: drawn by the server, kept up to date from its own topic. */
import { Banner } from "./banner.js";
import { watch } from "./feed.js";

const MAY_LEAVE = ["waiting", "called", "on_hold"];

export class Phone {
  constructor(element) {
    this.element = element;
    this.says = JSON.parse(element.dataset.says);
    this.ahead = JSON.parse(element.dataset.ahead);
    this.services = JSON.parse(element.dataset.services); // in the reader's language; the feed knows the ticket's
    this.states = JSON.parse(element.dataset.states);
    const banner = new Banner(element);
    watch(element.dataset.topic, {
      onSnapshot: (ticket) => this.draw(ticket),
      onEvent: (event) => this.draw(event),
      onRefresh: (event) => "position" in event && this.drawPlace(event.position),
      onState: (state, at) => banner.show(state, at),
    });
  }

  find(name) {
    return this.element.querySelector(`[data-show="${name}"], [data-part="${name}"]`);
  }

  draw({ number, state, services, counter, position }) {
    this.find("number").textContent = number;
    this.find("state").dataset.value = state;
    if (this.find("says").textContent !== this.says[state]) this.find("says").textContent = this.says[state];
    this.find("counter").textContent = counter ?? "";
    this.find("at-counter").hidden = counter === null;
    this.find("leave").hidden = !MAY_LEAVE.includes(state);
    this.drawSteps(services);
    if (state !== "waiting") this.drawPlace(null);
    else if (position !== undefined) this.drawPlace(position);
  }

  drawPlace(position) {
    this.find("place").hidden = !position;
    this.find("position").textContent = position ?? "";
    this.find("ahead").textContent = position ? this.wordsFor(position - 1) : "";
  }

  wordsFor(people) {
    if (people === 0) return this.ahead.none;
    return people === 1 ? this.ahead.one : this.ahead.some.replace("{n}", people);
  }

  drawSteps(services) {
    const steps = services.map(({ code, name, state }) => {
      const step = document.createElement("li");
      const [service, word] = [document.createElement("span"), document.createElement("span")];
      step.className = "steps__step";
      step.dataset.state = state;
      service.textContent = this.services[code] ?? name;
      word.className = "quiet";
      word.textContent = this.states[state];
      step.append(service, " ", word);
      return step;
    });
    this.find("steps").replaceChildren(...steps);
  }
}

for (const element of document.querySelectorAll('[data-module="phone"]')) new Phone(element);
