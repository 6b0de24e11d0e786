/** Says on a page how old its picture may be: a banner while it is stale, a small sign while it is live. */
export class Banner {
  constructor(root) {
    this.stale = root.querySelector('[data-show="stale"]');
    this.sign = root.querySelector('[data-show="live"]');
  }

  show(state, at) {
    const time = at?.slice(11, 16); // the wall clock of the centre, as the instant carries it
    this.stale.hidden = state !== "stale";
    if (state === "stale") {
      const { since, never } = this.stale.dataset;
      this.stale.textContent = time ? since.replace("{time}", time) : never;
    }
    if (this.sign === null) return;
    const { live, now, stale } = this.sign.dataset;
    this.sign.dataset.state = state;
    if (state === "stale") this.sign.textContent = stale;
    else this.sign.textContent = time ? live.replace("{time}", time) : now;
  }
}
