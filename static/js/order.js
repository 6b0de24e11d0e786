/**
 * Puts one topic's events in order. It knows no socket and no screen, so that it can be tried without them.
 *
 * After `begin(seq)` each event is delivered once, in order of `seq`. What comes before its turn is held; when the hole
 * is not filled within the grace, `lose()` is called and events are held until the next `begin`.
 */
const MOST = 500; // held while a snapshot is awaited, however long; it will tell what is dropped here

export class TopicOrder {
  constructor({ deliver, refresh, lose, grace = 300, later = setTimeout, never = clearTimeout }) {
    Object.assign(this, { deliver, refresh, lose, grace });
    // bound to no object: a browser's timers refuse to be methods of another
    this.later = (work, milliseconds) => later(work, milliseconds);
    this.never = (timer) => never(timer);
    this.seq = null; // of the last event delivered; null while no snapshot is known
    this.held = new Map();
    this.told = 0; // how far the topic stands, by pulses and by refreshments of events that we have not seen
    this.timer = null;
  }

  /** A snapshot was taken at `seq`: what is older than it has been told by it. */
  begin(seq) {
    this.seq = this.told = seq; // also where an older backup was restored: what was told before is no more
    for (const early of [...this.held.keys()]) if (early <= seq) this.held.delete(early);
    this.goOn();
  }

  /** The picture is in doubt: hold what comes until the next snapshot. */
  doubt() {
    this.seq = null;
    this.stopWaiting();
  }

  event(event) {
    if (this.seq !== null && event.seq < this.seq) return;
    if (this.seq !== null && event.seq === this.seq) return this.refresh(event);
    if (event.kind === "refreshed") return this.pulse(event.seq); // of an event that did not come yet
    this.held.set(event.seq, event);
    if (this.held.size > MOST) this.held.delete(this.held.keys().next().value);
    return this.goOn();
  }

  pulse(seq) {
    this.told = Math.max(this.told, seq);
    this.goOn();
  }

  goOn() {
    if (this.seq === null) return;
    const began = this.seq;
    for (let next; (next = this.held.get(this.seq + 1)); ) {
      this.held.delete(next.seq);
      this.seq = next.seq;
      this.deliver(next);
      if (this.seq === null) return; // the receiver asked for a new snapshot
    }
    if (this.seq > began) this.stopWaiting();
    if (this.isBehind()) this.timer ??= this.later(() => this.give(), this.grace);
    else this.stopWaiting();
  }

  isBehind() {
    return this.held.size > 0 || this.told > this.seq;
  }

  give() {
    this.timer = null;
    this.seq = null;
    this.lose();
  }

  stopWaiting() {
    if (this.timer !== null) this.never(this.timer);
    this.timer = null;
  }
}
