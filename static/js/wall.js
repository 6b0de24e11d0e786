/** The centre's wall clock: the server's, carried on by this screen between two messages. */
export class Wall {
  constructor(element) {
    this.element = element;
    this.day = null;
  }

  /** The server's clock says `at`, an instant with the centre's offset. True when it is another day than before. */
  set(at) {
    this.shown = onWall(at);
    this.since = performance.now();
    const before = this.day;
    this.day = at.slice(0, 10);
    this.draw();
    return before !== null && before !== this.day;
  }

  /** What the wall shows, in milliseconds, as `onWall` counts them. */
  now() {
    return this.shown + performance.now() - this.since;
  }

  draw() {
    this.element.textContent = new Date(this.now()).toISOString().slice(11, 16);
  }
}

/** The wall's time of an instant, whatever zone this screen believes to be in. */
export function onWall(at) {
  return Date.parse(`${at.slice(0, 19)}Z`);
}
