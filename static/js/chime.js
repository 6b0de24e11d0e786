/** A soft two-tone chime, made here: no file to load. A browser may want a press before it lets a page sound. */
const TONES = [659.26, 523.25]; // e″, c″
const APART = 0.45; // seconds from one tone to the next
const RINGS = 1.4;
const LOUD = 0.35;

export class Chime {
  /** The button shows only while the browser blocks the sound. */
  constructor(button) {
    this.button = button;
    this.sound = typeof AudioContext === "undefined" ? null : new AudioContext(); // one for as long as the page stands
    if (this.sound === null) return;
    this.sound.addEventListener("statechange", () => this.draw());
    button.addEventListener("click", () => void this.allow());
    this.draw();
  }

  draw() {
    this.button.hidden = this.sound.state === "running";
  }

  async allow() {
    await this.sound.resume();
    this.ring();
  }

  ring() {
    if (this.sound?.state !== "running") return;
    TONES.forEach((tone, place) => this.strike(tone, this.sound.currentTime + place * APART));
  }

  strike(tone, at) {
    const [bell, volume] = [this.sound.createOscillator(), this.sound.createGain()];
    bell.frequency.value = tone;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUD, at + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.001, at + RINGS);
    bell.connect(volume).connect(this.sound.destination);
    bell.addEventListener("ended", () => volume.disconnect());
    bell.start(at);
    bell.stop(at + RINGS);
  }
}
