/**
 * The live feed. This is the only module that knows the socket.
 *
 *     watch("board:SAY", { onSnapshot, onEvent, onRefresh, onState, token })  →  { refresh(), unwatch() }
 *
 * First load and reconnect are the same: take the snapshot, then apply events in order. On a gap, or when nothing was
 * heard for 25 seconds, the picture is stale and the snapshot is taken again. `onState("live" | "stale", at)` says so;
 * `at` is the server's clock when it was last heard, or null.
 */
import { io } from "../vendor/socket.io.esm.min.js";
import { TopicOrder } from "./order.js";

const SILENCE = 25_000;
const FIRST = 4_000; // a page that is not live after so long says so
const ANSWER = 5_000;
const watched = new Map();
let socket = null;

const soon = (least, most) => least + Math.random() * (most - least);

class Watch {
  constructor(topic, { token, onSnapshot, onEvent, onRefresh, onState }) {
    Object.assign(this, { topic, token, onSnapshot, onState, at: null, state: null, asked: 0, again: null });
    this.order = new TopicOrder({
      deliver: onEvent ?? (() => {}),
      refresh: onRefresh ?? (() => {}),
      lose: () => this.lost(),
    });
    this.listen(FIRST);
    this.ask();
  }

  /** Takes the snapshot. What comes meanwhile is held; an answer to an older question is ignored. */
  ask() {
    clearTimeout(this.again);
    this.order.doubt();
    if (!socket.connected) return;
    const question = ++this.asked;
    const message = this.token ? { topic: this.topic, token: this.token } : { topic: this.topic };
    socket.timeout(ANSWER).emit("watch", message, (silent, answer) => {
      if (question !== this.asked) return;
      if (silent) reconnect();
      else if (answer.ok) this.begin(answer);
      else this.refused();
    });
  }

  begin({ seq, snapshot }) {
    this.state = "live";
    this.onSnapshot?.(snapshot, seq);
    this.heard(snapshot.at);
    this.order.begin(seq);
  }

  refused() {
    this.say("stale");
    this.askAgain(10_000, 20_000);
  }

  lost() {
    this.say("stale");
    this.askAgain(100, 1_000);
  }

  askAgain(least, most) {
    clearTimeout(this.again);
    this.again = setTimeout(() => this.ask(), soon(least, most));
  }

  heard(at) {
    this.at = at ?? this.at;
    this.listen(SILENCE);
    if (this.state === "live") this.say("live"); // the time moves on
  }

  listen(milliseconds) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.say("stale");
      this.listen(SILENCE);
      this.ask();
    }, milliseconds);
  }

  event(event) {
    this.heard(event.at);
    this.order.event(event);
  }

  pulse({ seq, at }) {
    this.heard(at);
    this.order.pulse(seq);
  }

  say(state) {
    this.state = state;
    this.onState?.(state, this.at);
  }

  stop() {
    this.asked += 1;
    this.order.doubt();
    clearTimeout(this.silence);
    clearTimeout(this.again);
  }
}

function connect() {
  socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5_000, timeout: 5_000 });
  socket.on("connect", () => forEach((watch) => watch.ask()));
  socket.on("disconnect", () => forEach((watch) => watch.say("stale")));
  socket.on("event", (event) => watched.get(event.topic)?.event(event));
  socket.on("pulse", (pulse) => watched.get(pulse.topic)?.pulse(pulse));
  for (const change of ["online", "offline"]) addEventListener(change, () => forEach((watch) => watch.ask()));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") forEach((watch) => watch.ask()); // a phone slept meanwhile
  });
}

/** A connection on which questions are not answered is no connection. */
function reconnect() {
  if (socket.connected) socket.disconnect().connect();
}

function forEach(work) {
  for (const watch of watched.values()) work(watch);
}

/** Watches a topic; one watch per topic and page. */
export function watch(topic, options) {
  if (socket === null) connect();
  const watching = new Watch(topic, options);
  watched.get(topic)?.stop();
  watched.set(topic, watching);
  return {
    refresh: () => watching.askAgain(0, 300),
    unwatch: () => {
      watching.stop();
      watched.delete(topic);
      if (socket.connected) socket.emit("unwatch", { topic });
    },
  };
}
