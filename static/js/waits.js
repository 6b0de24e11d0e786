/** How many wait for what, the longest queue first: as many as there is room for, and the others in one last line. */
export class Waits {
  constructor(list, total) {
    Object.assign(this, { list, total });
    this.seen = new ResizeObserver(() => this.draw());
    this.seen.observe(list);
  }

  set(total, byService) {
    this.total.textContent = total;
    this.total.toggleAttribute("data-nobody", total === 0);
    for (const line of this.services()) line.lastElementChild.textContent = byService[line.dataset.service] ?? 0;
    this.draw();
  }

  services() {
    return [...this.list.querySelectorAll("[data-service]")];
  }

  /** As the server draws it (display/standing.py); a line is moved only where the order has changed. */
  arrange() {
    const before = this.services();
    const after = before.toSorted((one, other) => peopleIn(other) - peopleIn(one) || one.dataset.place - other.dataset.place);
    if (after.some((line, place) => line !== before[place])) this.list.prepend(...after);
  }

  draw() {
    const rest = this.list.querySelector("[data-rest]");
    this.arrange();
    for (const line of this.services()) line.hidden = peopleIn(line) === 0;
    const shown = this.services().filter((line) => !line.hidden);
    let others = 0;
    rest.hidden = true;
    while (shown.length > 0 && this.list.scrollHeight > this.list.clientHeight) {
      const last = shown.pop();
      others += peopleIn(last);
      last.hidden = true;
      rest.lastElementChild.textContent = others;
      rest.hidden = false;
    }
    if (this.list.scrollHeight > this.list.clientHeight) rest.hidden = true; // no room for any: the total says it
  }
}

function peopleIn(line) {
  return Number(line.lastElementChild.textContent);
}
