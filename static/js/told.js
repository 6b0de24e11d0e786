/**
 * Remembers which calls this screen has announced, also over a reload: what was called while the line was down is
 * announced when it is back, unless it is too old by then, and nothing is announced twice.
 */
const LATEST = 120_000; // older calls help nobody: either they came, or they were called again
const MOST = 60;

export const keyOf = ({ ticket, called_at }) => `${ticket}@${Date.parse(called_at)}`;

export class Told {
  /** `at`: when the page was drawn; what it showed then (`calls`) is known to whoever was in the room. */
  constructor(name, { at, calls, storage }) {
    Object.assign(this, { name, storage });
    const remembered = this.remembered();
    this.since = remembered?.since ?? Date.parse(at);
    this.alive = remembered?.alive ?? Date.parse(at);
    this.recalls = new Map(remembered?.recalls ?? calls.map((call) => [keyOf(call), call.recalls]));
  }

  remembered() {
    try {
      return JSON.parse(this.storage.getItem(this.name));
    } catch {
      return null;
    }
  }

  /** The calls of a snapshot, newest first, that should be announced, oldest first. */
  missed(calls, at) {
    const now = Date.parse(at);
    const news = calls.filter((call) => this.isNews(call, now));
    this.hear(at);
    return news.map((call) => ({ ...call, key: keyOf(call), recalled: call.recalls > 0 })).reverse();
  }

  /** Nobody says when a recall was: since this screen last heard of the floor. */
  isNews(call, now) {
    if (call.quiet) return false; // shown, never announced
    const [known, called] = [this.recalls.get(keyOf(call)), Date.parse(call.called_at)];
    if (known !== undefined) return call.recalls > known && now - this.alive <= LATEST;
    return called >= this.since && now - called <= LATEST;
  }

  /** This call is being announced. */
  tell({ key, recalls }) {
    this.recalls.delete(key);
    this.recalls.set(key, recalls);
    for (const oldest of this.recalls.keys()) {
      if (this.recalls.size <= MOST) break;
      this.recalls.delete(oldest);
    }
    this.keep();
  }

  /** The line was alive at this time. */
  hear(at) {
    this.alive = Date.parse(at);
    this.keep();
  }

  keep() {
    try {
      const { since, alive } = this;
      this.storage.setItem(this.name, JSON.stringify({ since, alive, recalls: [...this.recalls] }));
    } catch {
      // no storage: a reload forgets
    }
  }
}
