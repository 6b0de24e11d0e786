"""A waiting-room TV that writes down what it announces, and a centre that is as large as they come."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.processes import ROOT

# Attributes are set when the page is read, before its modules run; those of its version on the first load alone.
_PACED = """
(attributes) => {
  const isFirst = sessionStorage.getItem("loaded before") === null;
  sessionStorage.setItem("loaded before", "yes");
  document.addEventListener("readystatechange", () => {
    if (document.readyState !== "interactive") return;
    for (const [name, value] of Object.entries(attributes)) {
      const tv = document.querySelector('[data-module="tv"]');
      if (tv && (isFirst || name !== "version")) tv.dataset[name] = value;
    }
  });
}
"""
# Each announcement as people see it: what stands large when the sentence for the ears changes.
_WRITES_DOWN = """
window.announced = [];
document.addEventListener("DOMContentLoaded", () => {
  const said = document.querySelector('[data-part="said"]');
  new MutationObserver(() => {
    const large = document.querySelector(".call--now");
    const { number, counter } = large.dataset;
    const isSaid = said.textContent.includes(number) && !large.hidden;
    const again = large.classList.contains("call--again");
    window.announced.push({ number, counter: Number(counter), again, isSaid, at: performance.now() });
  }).observe(said, { childList: true });
});
"""


def watch_tv(page: Page, address: str, *, time: int = 5_000, brief: int = 3_000, **other: str) -> None:
    """Opens a TV whose announcements take so many milliseconds; `other` attributes are set too."""
    attributes = {"announce": str(time), "crowded": str(brief), **other}
    page.add_init_script(f"({_PACED})({json.dumps(attributes)})")
    page.add_init_script(_WRITES_DOWN)
    page.goto(address)


def announced(page: Page) -> list[dict[str, Any]]:
    """What was announced since the page was loaded."""
    told: list[dict[str, Any]] = page.evaluate("window.announced")
    assert all(each["isSaid"] for each in told), told
    return told


def numbers(page: Page) -> list[str]:
    """The numbers announced, in order."""
    return [each["number"] for each in announced(page)]


# Words that stand outside the screen, or that something cuts off.
_LOST = """
() => {
  const lost = [];
  const seen = (element) => element.checkVisibility() && !element.closest(".heard");
  for (const element of document.body.querySelectorAll("*")) {
    const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!words || !seen(element) || element.closest("template, script")) continue;
    const range = document.createRange();
    range.selectNodeContents(element);
    const { left, right } = range.getBoundingClientRect();
    let block = element; // what stands in a line has the height of the type, not of the line
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const { top, bottom } = block.getBoundingClientRect();
    const box = { left, right, top, bottom };
    const name = `${element.className || element.tagName} «${element.textContent.trim().slice(0, 30)}»`;
    const out = (place) =>
      ["left", "top"].some((side) => box[side] < place[side] - 1) ||
      ["right", "bottom"].some((side) => box[side] > place[side] + 1);
    if (out({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })) lost.push(`${name} leaves the screen`);
    for (const holder of [".call", ".waits", ".tv__side", ".tv__foot", ".tv__frame", ".tv__calls", ".desks__one"]) {
      const place = element.closest(holder)?.getBoundingClientRect();
      if (place && out(place)) lost.push(`${name} leaves ${holder}`);
    }
  }
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) lost.push("scrolls");
  return lost;
}
"""


def lost(page: Page) -> list[str]:
    """What cannot be read without scrolling."""
    page.evaluate("document.fonts.ready")
    found: list[str] = page.evaluate(_LOST)
    return found


def big_centre(into: Path, counters: int = 16) -> Path:
    """A catalogue of a centre with many counters and a long name; its services are the demonstration's."""
    catalogue = (ROOT / "config/centres/odsc.toml").read_text(encoding="utf-8")
    services, _, centre = catalogue.partition("[[centres]]")
    head = centre.partition("[[centres.counters]]")[0]
    codes = re.search(r"^services = (\[.*\])$", head, re.M)
    assert codes
    head = head.replace('"SAY"', '"BIG"').replace("ເມືອງໄຊເສດຖາ", "ເມືອງຫາດຊາຍຟອງ ນະຄອນຫຼວງວຽງຈັນ")
    head = re.sub(r'= \["08:00-12:00", "13:00-16:00"\]|= \[\]', '= ["00:00-24:00"]', head)
    places = [
        f'[[centres.counters]]\nnumber = {n}\nlo = "ຊ່ອງ {n}"\nen = "Counter {n}"\nservices = {codes[1]}\n'
        for n in range(1, counters + 1)
    ]
    into.write_text(f"{services}[[centres]]{head}{''.join(places)}", encoding="utf-8")
    return into
