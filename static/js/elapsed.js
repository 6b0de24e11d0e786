/** Lengths of time that go on, by the server's clock: in figures, in words, as a bar, and whether they are past a limit. */

const BACK = 5_000; // by so much a message may have been late; a clock that is further behind was set

export class Elapsed {
  constructor(root) {
    Object.assign(this, { root, ahead: null, speed: 1, zone: 0 });
    setInterval(() => this.tick(), 1_000);
  }

  /** The server's clock when it was heard. The message that was fastest knows it best. */
  hear(at) {
    const ahead = Date.parse(at) - performance.now() * this.speed;
    if (this.ahead === null || ahead > this.ahead || ahead < this.ahead - BACK * this.speed) this.ahead = ahead;
  }

  /** What was drawn again carries the clock that it was drawn by. */
  drawn({ at, speed }) {
    if (Number(speed) !== this.speed) Object.assign(this, { speed: Number(speed), ahead: null });
    const [sign, hours, minutes] = at.match(/([+-])(\d\d):(\d\d)$/)?.slice(1) ?? ["+", 0, 0];
    this.zone = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    this.hear(at);
    this.tick();
  }

  tick() {
    if (this.ahead === null) return;
    const now = performance.now() * this.speed + this.ahead;
    for (const element of this.root.querySelectorAll("[data-began]")) show(element, now);
    const wall = this.root.querySelector('[data-part="clock"]');
    if (wall) say(wall, new Date(now + this.zone).toISOString().slice(11, 16));
  }
}

function show(element, now) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(element.dataset.began)) / 1_000));
  const limit = element.dataset.limit === undefined ? Infinity : Number(element.dataset.limit);
  const pace = seconds > limit ? "over" : "within";
  if (limit !== Infinity && element.dataset.pace !== pace) element.dataset.pace = pace;
  if (element.tagName === "PROGRESS") element.value = Math.min(seconds, element.max);
  else if ("clock" in element.dataset) say(element, clock(seconds));
  else say(element, words(element.dataset[pace], seconds, limit));
}

const words = (text, seconds, limit) =>
  text
    .replace("{n}", Math.floor(seconds / 60))
    .replace("{over}", Math.ceil((seconds - limit) / 60))
    .replace("{limit}", Math.floor(limit / 60));

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(seconds % 60)}`;
}

/** Only what has changed is written: a screen reader and a selection are left in peace. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
