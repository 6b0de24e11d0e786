/** Prints the ticket once, when it is shown. A browser says only that printing began and ended: without that, we ask. */
const BEGINS = 4_000;
const ENDS = 20_000;

export class Printing {
  static of(page) {
    const part = page.querySelector('[data-part="print"]');
    return part && new Printing(part, page);
  }

  constructor(part, page) {
    Object.assign(this, { part, page, began: false, timer: null });
    const again = page.querySelector('[data-act="print"]');
    again.hidden = part.hidden = false;
    again.addEventListener("click", () => this.print());
    part.querySelector('[data-act="printed"]').addEventListener("click", () => this.show("printed"));
    part.querySelector('[data-act="not-printed"]').addEventListener("click", () => this.show("without"));
    addEventListener("beforeprint", () => (this.began = true));
    addEventListener("afterprint", () => this.ended());
    void this.begin();
  }

  async begin() {
    if (history.state?.printed) return this.show("printed"); // the page was loaded again
    history.replaceState({ printed: true }, "");
    const pictures = [...this.page.querySelectorAll("img")].map((image) => image.decode().catch(() => {}));
    await Promise.all([document.fonts.ready, ...pictures]);
    return this.print();
  }

  print() {
    this.began = false;
    this.show("printing");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.doubt(), BEGINS);
    window.print();
  }

  /** It has not begun in time, or not ended. */
  doubt() {
    if (!this.began) return this.show("doubt");
    this.timer = setTimeout(() => this.show("doubt"), ENDS);
    return undefined;
  }

  ended() {
    clearTimeout(this.timer);
    this.show("printed");
  }

  show(state) {
    for (const said of this.part.querySelectorAll("[data-for]")) said.hidden = said.dataset.for !== state;
  }
}
