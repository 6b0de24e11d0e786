/**
 * Puts the ticket's page aside as it was last drawn, so that it can be opened again without a line; forgets it when the
 * visit is over. Only where the connection is secure: elsewhere browsers have neither service workers nor caches.
 */
const KEPT = "tickets";
const PAUSE = 500;

export class Keep {
  constructor() {
    this.timer = null;
    this.ready = this.begin();
  }

  /** The cache, with all that the page is made of; null where there is none. */
  async begin() {
    if (!("serviceWorker" in navigator && "caches" in window)) return null;
    try {
      await navigator.serviceWorker.register("/t/worker.js", { scope: "/t/" });
      await new Promise((loaded) => (document.readyState === "complete" ? loaded() : addEventListener("load", loaded)));
      const cache = await caches.open(KEPT);
      const parts = performance.getEntriesByType("resource").map((part) => new URL(part.name));
      const ours = parts.filter((part) => part.origin === location.origin && part.pathname.startsWith("/static/"));
      const addresses = new Set(ours.map((part) => part.href));
      // As they were just loaded, so that nothing comes over the line a second time.
      await cache.addAll([...addresses].map((address) => new Request(address, { cache: "force-cache" })));
      return cache;
    } catch {
      return null; // full, forbidden or private: the page goes on without
    }
  }

  page() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const cache = await this.ready;
      const html = `<!doctype html>${document.documentElement.outerHTML}`;
      await cache?.put(location.pathname, new Response(html, { headers: { "Content-Type": "text/html" } }));
    }, PAUSE);
  }

  async forget() {
    clearTimeout(this.timer);
    const cache = await this.ready;
    await cache?.delete(location.pathname);
  }
}
