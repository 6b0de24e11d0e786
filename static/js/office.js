/** The office's figures: drawn by the server, and drawn again a while after something has happened. */
import { Banner } from "./banner.js";
import { watch } from "./feed.js";
import { Picture } from "./picture.js";

const AGAIN = 30_000; // waits grow while nothing happens

export class Office {
  constructor(element) {
    const banner = new Banner(element);
    const picture = new Picture(element, { pause: 1_000 });
    setInterval(() => picture.refresh(), AGAIN);
    watch(element.dataset.topic, {
      onSnapshot: () => picture.refresh(),
      onEvent: (event) => {
        element.querySelector('[data-show="waiting"]').textContent = event.waiting;
        picture.refresh();
      },
      onState: (state, at) => {
        banner.show(state, at);
        if (state === "stale") picture.refresh(); // leads to the sign-in page where the session has ended
      },
    });
  }
}

for (const element of document.querySelectorAll('[data-module="office"]')) new Office(element);
