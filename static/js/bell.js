/** A chime of two notes and a shake of the phone. A browser lets a page sound only after the person pressed something. */
const REMEMBERED = "onedoor-sound";
const NOTES = [659.25, 523.25];
const SHAKE = [400, 200, 400, 200, 800];

export class Bell {
  constructor(button) {
    this.button = button;
    this.context = null;
    this.on = remembered();
    button.hidden = !("AudioContext" in window);
    button.addEventListener("click", () => this.turn(!this.on));
    // A phone that was told to sound before may, from the first touch on.
    addEventListener("pointerdown", () => this.on && this.wake(), { once: true });
    this.say();
  }

  turn(on) {
    this.on = on;
    remember(on);
    this.say();
    if (on) this.sound();
  }

  say() {
    this.button.setAttribute("aria-pressed", String(this.on));
    this.button.querySelector("span").textContent = this.on ? this.button.dataset.on : this.button.dataset.off;
  }

  wake() {
    this.context ??= new AudioContext();
    return this.context.resume();
  }

  ring() {
    navigator.vibrate?.(SHAKE);
    if (this.on) this.sound();
  }

  async sound() {
    await this.wake();
    NOTES.forEach((note, n) => this.strike(note, this.context.currentTime + 0.35 * n));
  }

  strike(note, at) {
    const [tone, volume] = [this.context.createOscillator(), this.context.createGain()];
    tone.frequency.value = note;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.6, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 1.1);
    tone.connect(volume).connect(this.context.destination);
    tone.start(at);
    tone.stop(at + 1.2);
  }
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) === "on";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function remember(on) {
  try {
    if (on) localStorage.setItem(REMEMBERED, "on");
    else localStorage.removeItem(REMEMBERED);
  } catch {
    // it sounds until the page is closed
  }
}
