/** The keys of a reference type without asking the server; without this script each key is a link that does the same. */

export class Reference {
  static of(page) {
    const form = page.querySelector('[data-module="reference"]');
    return form && new Reference(form);
  }

  constructor(form) {
    this.input = form.elements.typed;
    form.addEventListener("click", (press) => this.press(press));
  }

  press(press) {
    const key = press.target.closest("[data-key]");
    if (!key) return;
    press.preventDefault();
    press.stopPropagation(); // it is a link, and leads nowhere now
    const { value } = this.input;
    this.input.value = key.dataset.key ? value + key.dataset.key : value.slice(0, -1);
  }
}
