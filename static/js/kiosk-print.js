/** Prints the ticket once, when it is shown. A browser says only that printing began and ended: without that, we ask. */
const BEGINS = 4_000;

export class Printing {
  static of(page) {
    const part = page.querySelector('[data-part="print"]');
    return part && new Printing(part, page);
  }

  constructor(part, page) {
    Object.assign(this, { part, page, began: false });
    const again = page.querySelector('[data-act="print"]');
    again.hidden = part.hidden = false;
    again.addEventListener("click", () => this.print());
    part.querySelector('[data-act="printed"]').addEventListener("click", () => this.show("printed"));
    part.querySelector('[data-act="not-printed"]').addEventListener("click", () => this.show("without"));
    addEventListener("beforeprint", () => (this.began = true));
    addEventListener("afterprint", () => this.show("printed"));
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
    setTimeout(() => this.began || this.show("doubt"), BEGINS);
    window.print();
  }

  show(state) {
    for (const said of this.part.querySelectorAll("[data-for]")) said.hidden = said.dataset.for !== state;
  }
}
