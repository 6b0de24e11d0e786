/**
 * The one press that may wait for the line: finishing whom a clerk has served. It is kept before it is sent, with the
 * key of its form, so that neither a reload nor a second tab loses it and the server does it once, however often it
 * hears of it.
 */
import { forget, names, read, write } from "./kept.js";

const LASTS = 40 * 3_600_000; // the server knows a key for 48 hours
const ANSWER = 10_000;

export class Unsent {
  constructor(counter) {
    this.prefix = `onedoor.finish.${counter}.`;
  }

  /** Keeps a press on a ticket; a second one while it waits is the same press. */
  keep(form) {
    const { csrf_token: _ours, ...fields } = Object.fromEntries(new FormData(form));
    const name = this.prefix + fields.ticket;
    if (read(name) === null) write(name, JSON.stringify({ address: form.action, fields, at: Date.now() }));
  }

  has(ticket) {
    return read(this.prefix + ticket) !== null;
  }

  get any() {
    return names(this.prefix).length > 0;
  }

  /** Sends what waits. `token` is the page's own proof of where a form comes from; `hear(answer, page)` gets each answer. */
  async send(token, hear) {
    for (const name of names(this.prefix)) {
      const kept = parse(read(name));
      if (kept === null || Date.now() - kept.at > LASTS) {
        forget(name);
        continue;
      }
      const body = new URLSearchParams({ ...kept.fields, csrf_token: token });
      const answer = await ask(kept.address, body);
      if (answer === null || answer.status === 429 || answer.status >= 500) return;
      const page = new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html");
      if (![400, 401, 403].includes(answer.status)) forget(name); // those mean: sign in first, or load the page again
      hear(answer, page);
    }
  }
}

const ask = (address, body) =>
  fetch(address, { method: "POST", body, signal: AbortSignal.timeout(ANSWER) }).catch(() => null);

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
