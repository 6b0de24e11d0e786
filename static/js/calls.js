/**
 * The list of calls: newest first in the page, each the moment that it is made. One of them stands large, the one that
 * is announced just now or was last; those whose turn to be announced is still to come are marked.
 */
import { keyOf } from "./told.js";

const MOST = 20;
const LONG = 5; // signs of a number that still fits beside its counter at full size

export class CallList {
  /** `room()` says how many the screen can show; `isOpen(key)` whether a call waits to be announced, or is now. */
  constructor(list, template, { room, isOpen }) {
    Object.assign(this, { list, template, room, isOpen });
    this.large = this.loud(this.rows);
  }

  get rows() {
    return [...this.list.children];
  }

  get isEmpty() {
    return this.list.children.length === 0;
  }

  /** The newest call that was announced: who stood at a counter already is listed, and large only when alone. */
  loud(rows) {
    return rows.find(({ dataset }) => !("quiet" in dataset)) ?? rows[0] ?? null;
  }

  /** What the server has drawn. */
  read() {
    return this.rows.map(({ dataset }) => ({
      ticket: dataset.ticket,
      called_at: dataset.called,
      recalls: Number(dataset.recalls),
    }));
  }

  /** Begins anew from a snapshot. What is to be announced stays, whatever the snapshot says of it. */
  draw(calls) {
    const newest = calls.filter(({ ticket }, place) => calls.findIndex((call) => call.ticket === ticket) === place);
    const rows = newest.slice(0, MOST).map((call) => this.renewed(call));
    const kept = this.rows.filter((row) => !rows.includes(row) && this.isOpen(keyOfRow(row)));
    const newer = rows.length > 0 && this.loud(rows) !== this.loud(this.rows);
    this.list.replaceChildren(...rows, ...kept);
    const isLargeOpen = this.large && this.isOpen(keyOfRow(this.large));
    if (!isLargeOpen && (newer || this.large?.parentNode !== this.list)) this.large = this.loud(this.rows);
    this.arrange();
  }

  renewed(call) {
    const row = this.rowOf(keyOf(call)) ?? this.row(call);
    row.dataset.recalls = call.recalls;
    return row;
  }

  add(call) {
    this.list.prepend(this.rowOf(call.key) ?? this.row(call));
    this.large ??= this.rows[0];
    this.arrange();
  }

  /** A call that was taken back. */
  remove(key) {
    const row = this.rowOf(key);
    row?.remove();
    if (row && row === this.large) this.large = this.loud(this.rows);
    this.arrange();
  }

  /** A person recalled whose row has gone by now gets it again, at the end: newer calls stay above. */
  recall(call) {
    const row = this.rowOf(call.key);
    if (row) row.dataset.recalls = call.recalls;
    else this.list.append(this.row(call));
    this.arrange();
  }

  /** The key of somebody's latest call. */
  latestKey(ticket) {
    const row = this.rows.find(({ dataset }) => dataset.ticket === ticket);
    return row ? keyOfRow(row) : `${ticket}@`;
  }

  announce({ key, recalled }) {
    const row = this.rowOf(key);
    if (!row) return;
    for (const before of this.list.querySelectorAll(".call--new, .call--again")) before.classList.remove("call--new", "call--again");
    this.large = row;
    row.classList.add("call--new");
    row.classList.toggle("call--again", recalled);
    this.arrange();
  }

  /** Nothing is announced: what was last stays large, and still. */
  rest() {
    for (const row of this.list.querySelectorAll(".call--new")) row.classList.remove("call--new");
    this.arrange();
  }

  arrange() {
    this.forget();
    let room = this.room() - 1; // the large one has its own
    for (const row of this.rows) {
      const isLarge = row === this.large;
      row.classList.toggle("call--now", isLarge);
      row.classList.toggle("call--next", !isLarge && this.isOpen(keyOfRow(row)));
      row.hidden = !isLarge && room-- <= 0;
    }
  }

  /** Marks those who were called and are not served yet: `comes()` knows them by their number and counter. */
  mark(comes) {
    for (const row of this.rows) row.classList.toggle("call--comes", comes(row.dataset));
  }

  /** A person has one row, that of the last call: an older one leads to a counter that waits for them no more. */
  forget() {
    const people = new Set();
    this.rows.forEach((row, place) => {
      const isOld = people.has(row.dataset.ticket) || place >= MOST;
      people.add(row.dataset.ticket);
      if (isOld && row !== this.large && !this.isOpen(keyOfRow(row))) row.remove();
    });
  }

  rowOf(key) {
    return this.rows.find((row) => keyOfRow(row) === key);
  }

  row({ number, counter, ticket, recalls, called_at, quiet }) {
    const row = this.template.cloneNode(true);
    Object.assign(row.dataset, { number, counter, ticket, recalls, called: called_at, ...(quiet && { quiet: "" }) });
    row.classList.toggle("call--long", number.length > LONG);
    row.querySelector(".call__number").textContent = number;
    row.querySelector(".call__counter").textContent = counter;
    return row;
  }
}

/** `ticket@`, as `latestKey` says it, for somebody whose call nobody here knows. */
function keyOfRow({ dataset }) {
  return dataset.called ? keyOf({ ticket: dataset.ticket, called_at: dataset.called }) : `${dataset.ticket}@`;
}
