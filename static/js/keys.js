/**
 * Single keys press buttons: `data-key="KeyF"` names the place of the key on the keyboard, so that it is the same one
 * with a Lao layout. Not while somebody types, and not when they are switched off (WCAG 2.1.4). While a choice is open
 * only its own keys press.
 */
import { forget, read, write } from "./kept.js";

const TYPED = "input:not([type=hidden]), textarea, select, [contenteditable]";
const TAKES_SPACE = `${TYPED}, button, a, summary, [tabindex="0"]`;
const OFF = "onedoor.keys.off";

export class Keys {
  constructor(element) {
    this.element = element;
    document.addEventListener("keydown", (event) => this.hear(event));
    document.addEventListener("pointerdown", () => (this.byKey = false), true);
    element.addEventListener("click", (event) => this.click(event));
    element.addEventListener("toggle", (event) => this.toggled(event.target), true);
    this.show();
  }

  get on() {
    return read(OFF) === null;
  }

  show() {
    this.element.dataset.keys = this.on ? "on" : "off";
    const button = this.element.querySelector('[data-part="keys"]');
    if (button === null) return;
    button.hidden = false;
    button.setAttribute("aria-pressed", String(this.on));
    button.querySelector('[data-part="keys-on"]').hidden = !this.on;
    button.querySelector('[data-part="keys-off"]').hidden = this.on;
  }

  get choice() {
    return this.element.querySelector("details[open][name]");
  }

  hear(event) {
    this.byKey = true;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.code === "Escape") return this.close();
    if (event.code === "Enter" && event.target.matches('input[type="text"], input:not([type])')) event.preventDefault();
    if (!this.on || event.target.matches(event.code === "Space" ? TAKES_SPACE : TYPED)) return;
    const button = this.find(event.code);
    if (!button) return;
    event.preventDefault();
    if (!event.repeat) button.click();
  }

  find(code) {
    const shown = [...(this.choice ?? this.element).querySelectorAll(`[data-key~="${code}"]`)];
    return shown.find((button) => button.checkVisibility() && !button.disabled && !button.closest("[inert]"));
  }

  click(event) {
    const button = event.target.closest("button");
    if (event.detail > 0) button?.blur(); // or the next Space would press it again instead of calling the next person
    if (button?.dataset.part === "back") this.close();
    if (button?.dataset.part !== "keys") return;
    if (this.on) write(OFF, "1");
    else forget(OFF);
    this.show();
  }

  close() {
    const choice = this.choice;
    if (!choice) return;
    choice.open = false;
    if (this.byKey) choice.querySelector("summary").focus();
  }

  toggled(choice) {
    if (choice.open && this.byKey) choice.querySelector('[data-part="back"], .choice')?.focus();
  }
}
