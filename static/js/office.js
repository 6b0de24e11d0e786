/** The office's figures: drawn by the server, and drawn again a while after something has happened. */
import { Banner } from "./banner.js";
import { watch } from "./feed.js";
import { Picture } from "./picture.js";

export class Office {
  constructor(element) {
    const banner = new Banner(element);
    const picture = new Picture(element, { pause: 3_000 });
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
