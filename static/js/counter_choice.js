/** The counters to choose from: which are open, and who is there, as it is now. */
import { Banner } from "./banner.js";
import { watch } from "./feed.js";
import { Picture } from "./picture.js";

export class CounterChoice {
  constructor(element) {
    const banner = new Banner(element);
    const picture = new Picture(element, { pause: 500 });
    watch(element.dataset.topic, {
      onSnapshot: () => picture.refresh(),
      onEvent: () => picture.refresh(),
      onState: (state, at) => banner.show(state, at),
    });
  }
}

for (const element of document.querySelectorAll('[data-module="counter-choice"]')) new CounterChoice(element);
