/** Gives a ticket's link to somebody else: by the phone's own sheet, else by copying it, else by showing it. */
export class Share {
  constructor(element) {
    this.element = element;
    this.link = element.querySelector("input");
    this.link.value = location.origin + location.pathname;
    element.hidden = false;
    element.querySelector("button").addEventListener("click", () => void this.share());
  }

  async share() {
    const shared = { title: document.title, url: this.link.value };
    if (navigator.share === undefined) return this.copy();
    try {
      return await navigator.share(shared);
    } catch (refused) {
      return refused.name === "AbortError" ? undefined : this.copy();
    }
  }

  /** The clipboard's own way is only there where the connection is secure. */
  async copy() {
    this.link.hidden = false;
    this.link.select();
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(this.link.value).then(
          () => true,
          () => false,
        )
      : document.execCommand("copy");
    const { copied: done, shown } = this.element.dataset;
    this.element.querySelector('[role="status"]').textContent = copied ? done : shown;
  }
}
