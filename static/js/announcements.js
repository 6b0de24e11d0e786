/**
 * The line of announcements: one after the other, each for its time, however many come at once. It knows no screen and
 * no socket, so that it can be tried without them.
 *
 *     new Announcements({ begin(call, more), rest(), changed(more), time, brief })
 *
 * A call is `{ key, ticket, number, counter, recalls, recalled }`. `more` says how many come after it.
 */
const CROWD = 5; // when more than these wait for their turn, each has the brief time
const MOST = 100; // never reached by people; an hour-long line of announcements would help nobody

export class Announcements {
  constructor({ begin, rest, changed = () => {}, time = 5_000, brief = 3_000, later = setTimeout, never = clearTimeout }) {
    Object.assign(this, { begin, rest, changed, time, brief });
    this.later = (work, milliseconds) => later(work, milliseconds); // bound to no object, as timers have to be
    this.never = (timer) => never(timer);
    this.line = [];
    this.current = null;
    this.timer = null;
  }

  /** A call takes its place at the end. */
  add(call) {
    this.line.push(call);
    if (this.line.length > MOST) this.line.shift();
    if (this.timer === null) this.next();
    else this.changed(this.line.length);
  }

  /** A recall joins the call of the same ticket that is not announced yet; else it is announced in its turn. */
  recall(call) {
    const pending = this.line.findLast(({ ticket }) => ticket === call.ticket);
    if (pending) Object.assign(pending, { recalls: call.recalls, recalled: true });
    else this.add({ ...call, recalled: true });
  }

  /** A call that was taken back is not announced; if it is just now, the next one's turn has come. */
  drop(key) {
    this.line = this.line.filter((call) => call.key !== key);
    if (this.current?.key !== key) return this.changed(this.line.length);
    this.never(this.timer);
    return this.next();
  }

  /** What is being announced or will be. */
  get open() {
    return this.current === null ? [...this.line] : [this.current, ...this.line];
  }

  /** Whether this call, recalled so often, is being announced or will be. */
  holds({ key, recalls }) {
    return this.open.some((call) => call.key === key && call.recalls >= recalls);
  }

  /** Whether anything of this call is being announced or will be. */
  isOpen(key) {
    return this.open.some((call) => call.key === key);
  }

  next() {
    this.timer = null;
    this.current = this.line.shift() ?? null;
    if (this.current === null) return this.rest();
    this.timer = this.later(() => this.next(), this.line.length > CROWD ? this.brief : this.time);
    return this.begin(this.current, this.line.length);
  }

  stop() {
    if (this.timer !== null) this.never(this.timer);
    this.timer = null;
    this.line = [];
  }
}
