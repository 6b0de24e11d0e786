/**
 * Keeps a ticket's page and what it is made of for when the line is down. Always asks the server first; what the page
 * itself has put aside (keep.js) is shown only when no answer comes.
 */
const KEPT = "tickets";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" || pathname.startsWith("/static/")) event.respondWith(answer(request));
});

async function answer(request) {
  const kept = () => caches.open(KEPT).then((cache) => cache.match(request, { ignoreSearch: true, ignoreVary: true }));
  try {
    const fresh = await fetch(request);
    return fresh.status < 500 ? fresh : ((await kept()) ?? fresh);
  } catch (silence) {
    const old = await kept();
    if (old === undefined) throw silence;
    return old;
  }
}
