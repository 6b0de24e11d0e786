/** Nobody has touched the screen for a while: it asks, counts down, and any press gives all the time again. */
export class Idle {
  constructor(dialog, { seconds, warning, untouched, over }) {
    Object.assign(this, { dialog, seconds, warning, untouched, over, timer: null, end: 0 });
    this.left = dialog.querySelector('[data-show="left"]');
    for (const touched of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
      addEventListener(touched, () => this.dialog.open || this.wait(), { passive: true });
    }
    dialog.addEventListener("click", (press) => press.target.closest("a[href]") || this.stay());
    dialog.addEventListener("cancel", () => this.wait()); // Escape; its "close" may come late, and would begin the time anew
    this.wait();
  }

  /** The time begins anew with the press itself. */
  stay() {
    this.dialog.close();
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.warn(), this.seconds * 1000);
  }

  warn() {
    if (this.untouched()) return this.wait();
    this.end = Date.now() + this.warning * 1000;
    this.dialog.showModal();
    return this.tick();
  }

  tick() {
    const left = Math.ceil((this.end - Date.now()) / 1000);
    this.left.textContent = String(Math.max(0, left));
    clearTimeout(this.timer);
    if (left > 0) this.timer = setTimeout(() => this.tick(), 250);
    else void this.over();
  }
}
