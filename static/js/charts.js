/** The charts of a period, drawn from the table that the server has drawn; without this script the table says it all. */
const INK = ["--text", "--text-muted", "--line", "--card", "--frame", "--frame-line", "--serving", "--late", "--late-tint"];
const SHORTEST = 300;
const LINE = 40; // of a chart that lies: a row, with room for a name of two lines
const AROUND = 90;
const NARROW = 440;

export class Waits {
  constructor(element) {
    this.element = element;
    this.counting = element.querySelector('[data-part="counting"]');
    element.addEventListener("submit", () => this.sayCounting());
    element.addEventListener("click", (event) => event.target.closest(".choices__one") && this.sayCounting());
    addEventListener("pageshow", () => (this.counting.hidden = true));
    const table = element.querySelector('[data-part="figures"]');
    if (table) void this.draw(table);
  }

  /** A long period takes a while: the press was heard. */
  sayCounting() {
    this.counting.textContent = this.counting.dataset.words;
    this.counting.hidden = false;
  }

  async draw(table) {
    const figures = [...this.element.querySelectorAll('[data-part="chart"]')];
    try {
      const echarts = await import("../vendor/echarts.esm.min.js");
      for (const figure of figures) new Chart(figure, table, echarts);
    } catch {
      for (const figure of figures) figure.hidden = true;
    }
  }
}

class Chart {
  constructor(figure, table, echarts) {
    const style = getComputedStyle(document.documentElement);
    this.ink = Object.fromEntries(INK.map((name) => [name, style.getPropertyValue(name).trim()]));
    this.font = style.getPropertyValue("--type").trim();
    this.lies = figure.dataset.lies === "true";
    this.table = table;
    this.names = [...table.tBodies[0].rows].map((row) => row.cells[0].textContent.trim());
    const place = figure.querySelector(".chart__drawing");
    const said = place.getAttribute("aria-label");
    place.replaceChildren();
    if (this.lies) place.style.height = `${Math.max(SHORTEST, this.names.length * LINE + AROUND)}px`;
    this.chart = echarts.init(place, null, { renderer: "svg" });
    const series = figure.dataset.chart === "waits" ? this.waits() : this.ends();
    this.chart.setOption({ ...this.frame(said), ...this.axes(), series });
    place.setAttribute("role", "img");
    place.dataset.drawn = "true";
    new ResizeObserver(() => this.fit(place.clientWidth)).observe(place);
  }

  /** On a narrow screen the words over a chart need several lines. */
  fit(width) {
    this.chart.resize();
    const narrow = width < NARROW;
    const option = { grid: { top: narrow ? 92 : 52 } };
    const names = narrow ? { width: 120, overflow: "truncate" } : { width: 190, overflow: "break" }; // whole in the table
    if (this.lies) Object.assign(option, { yAxis: { axisLabel: names }, xAxis: { splitNumber: narrow ? 2 : 5 } });
    this.chart.setOption(option);
  }

  /** A column of the table: its words and its figures. */
  column(key) {
    const name = this.table.tHead.querySelector(`[data-key="${key}"]`).textContent.trim();
    const cells = [...this.table.tBodies[0].rows].map((row) => row.querySelector(`[data-key="${key}"]`));
    return { name, data: cells.map(({ dataset }) => (dataset.value === "" ? null : Number(dataset.value))) };
  }

  frame(said) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { ink } = this;
    return {
      aria: { enabled: true, label: { description: said }, decal: { show: true } },
      animation: !still,
      animationDuration: 300,
      textStyle: { fontFamily: this.font, color: ink["--text"] },
      legend: { top: 0, textStyle: { color: ink["--text"], fontSize: 14, lineHeight: 22 }, itemGap: 20, selectedMode: false },
      tooltip: {
        trigger: "axis",
        renderMode: "richText", // the other one writes inline styles, which the pages forbid
        axisPointer: { type: "shadow" },
        backgroundColor: ink["--card"],
        borderColor: ink["--line"],
        textStyle: { color: ink["--text"], fontFamily: this.font, lineHeight: 22 },
      },
      grid: { left: 8, right: 24, top: 52, bottom: 12, containLabel: true },
    };
  }

  axes() {
    const { ink } = this;
    const label = { color: ink["--text-muted"], fontSize: 13, lineHeight: 20 };
    const groups = {
      type: "category",
      data: this.names,
      inverse: this.lies,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink["--line"] } },
      axisLabel: this.lies ? { ...label, width: 190, overflow: "break" } : { ...label, hideOverlap: true },
    };
    const figures = { type: "value", axisLabel: label, minInterval: 1, splitLine: { lineStyle: { color: ink["--line"] } } };
    return this.lies ? { xAxis: figures, yAxis: groups } : { xAxis: groups, yAxis: figures };
  }

  bar(key, colour, options = {}) {
    return { type: "bar", ...this.column(key), itemStyle: { color: colour, borderRadius: 2 }, barMaxWidth: 26, ...options };
  }

  /** Half of the people, and nine in ten: plain, for the two are told apart by how light they are. */
  waits() {
    const plain = { symbol: "none" };
    const { ink } = this;
    const two = [this.bar("median", ink["--frame"], { barGap: "10%" }), this.bar("p90", ink["--frame-line"])];
    for (const series of two) series.itemStyle.decal = plain;
    return two;
  }

  /** All steps, by how they ended. The pattern tells late from late where colours do not. */
  ends() {
    const { ink } = this;
    const stack = { stack: "ends" };
    const ends = [
      this.bar("served", ink["--serving"], stack),
      this.bar("no_show", ink["--frame-line"], stack),
      this.bar("left", ink["--late"], stack),
      this.bar("expired", ink["--late-tint"], stack),
    ];
    ends[0].itemStyle.decal = { symbol: "none" };
    ends[3].itemStyle = { ...ends[3].itemStyle, borderColor: ink["--late"], borderWidth: 1, decal: { symbol: "none" } };
    return ends;
  }
}

for (const element of document.querySelectorAll('[data-module="waits"]')) new Waits(element);
