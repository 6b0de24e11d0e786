/** Whether the server can be reached. While it can't, the screen says so kindly, and comes back by itself. */
const OFTEN = 3_000;
const ANSWER = 4_000;

export class Line {
  /** `quiet` is for a page that must stay readable without a server: somebody's number. */
  constructor(dialog, address, { quiet = false } = {}) {
    Object.assign(this, { dialog, address, quiet, lost: false, asked: null, back: null });
    dialog.addEventListener("cancel", (press) => press.preventDefault());
    dialog.addEventListener("close", () => this.lost && !this.quiet && dialog.showModal()); // a browser lets go at the second Escape
    setInterval(() => this.ask(), OFTEN);
  }

  /** Asks the server; several at once are one question. */
  ask() {
    this.asked ??= this.fetch().finally(() => (this.asked = null));
    return this.asked;
  }

  async fetch() {
    let answers = false;
    try {
      answers = (await fetch(this.address, { cache: "no-store", signal: AbortSignal.timeout(ANSWER) })).ok;
    } catch {
      // not there
    }
    this.show(answers);
    return answers;
  }

  show(answers) {
    this.lost = !answers;
    if (this.lost && !this.quiet && !this.dialog.open) this.dialog.showModal();
    if (answers && this.dialog.open) this.dialog.close();
    if (answers) this.back?.();
  }

  /** Says at once, on any page, that the line is lost, and does something when it is back. */
  waitFor(back) {
    Object.assign(this, { quiet: false, back });
    this.show(false);
  }
}
