/** Finds services in plain words among those on the page, as they are typed; the server does the same without a script. */

/** Text as it is compared (answers/offer.py): ຳ however it was typed, no tone marks, no capitals. */
export function plain(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[\u0ec8-\u0ecb]/g, "");
}

export class Search {
  static of(page) {
    const form = page.querySelector('[data-part="search"]');
    return form && new Search(form, page);
  }

  constructor(form, page) {
    this.input = form.elements.q;
    this.said = page.querySelector('[data-show="found"]');
    this.groups = [...page.querySelectorAll(".group")];
    this.whole = this.input.defaultValue === ""; // else the page has only what the server has found
    if (!this.whole) return;
    this.input.addEventListener("input", () => this.find());
    form.addEventListener("submit", (press) => {
      press.preventDefault();
      this.find();
    });
  }

  isUsed() {
    return this.input.value !== "";
  }

  find() {
    const words = plain(this.input.value).split(/\s+/u).filter(Boolean);
    let found = 0;
    for (const group of this.groups) {
      const services = [...group.querySelectorAll("[data-words]")];
      for (const service of services) service.hidden = !words.every((word) => service.dataset.words.includes(word));
      const here = services.filter((service) => !service.hidden).length;
      group.hidden = here === 0;
      found += here;
      this.open(group, words.length > 0);
    }
    this.groups[0]?.parentElement.classList.toggle("groups--searched", words.length > 0);
    this.say(words.length > 0, found);
  }

  open(group, searched) {
    if (group.tagName !== "DETAILS") return;
    if (searched) group.removeAttribute("name"); // all that have something are open together
    group.open = searched;
    if (!searched) group.setAttribute("name", "group");
  }

  say(searched, found) {
    this.said.hidden = !searched;
    this.said.textContent = found ? this.said.dataset.found.replace("{n}", found) : this.said.dataset.none;
  }
}
