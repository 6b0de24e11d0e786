/** What a phone's list of services does by itself: it finds as one types. */

import { Search } from "./search.js";

for (const list of document.querySelectorAll('[data-module="booking"]')) Search.of(list);
