"use strict";
// Draws the interactive twins of charts. Without it the page shows the same charts as pictures; print always does.
(function () {
  const words = JSON.parse(document.getElementById("words").textContent);
  const shown = new Intl.NumberFormat(words.tag, { maximumFractionDigits: 2 });
  const text = (value) => (value === null || value === undefined ? "–" : shown.format(value));
  const safe = (name) => echarts.format.encodeHTML(name);

  const mark = (s) => `<span style="display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:5px;background:${safe(s.colour)};box-shadow:0 0 0 1px ${safe(s.border || s.colour)}"></span>`;

  function tooltip(twin) {
    return (items) => {
      const rows = items
        .filter((item) => item.value !== null && Math.abs(item.value) > 1e-3)
        .map((item) => `${mark(twin.series[item.seriesIndex])}${safe(item.seriesName)}: <b>${text(item.value)}</b>`);
      const events = twin.events.filter((e) => items[0].dataIndex >= e.from && items[0].dataIndex <= e.to);
      const said = [`<b>${safe(items[0].axisValue)}</b>, ${safe(twin.unit)}`, ...rows, ...events.map((e) => `<i>${safe(e.name)}</i>`)];
      return said.join("<br>");
    };
  }

  function series(twin) {
    return twin.series.map((s, k) => ({
      name: s.name, type: "line", data: s.values, symbol: "none", step: s.stacked ? "middle" : false,
      stack: s.stacked ? "all" : undefined,
      areaStyle: s.stacked ? { color: s.colour, opacity: 1 } : undefined,
      lineStyle: { color: s.border || s.colour, width: s.stacked ? (s.border ? 1 : 0) : 1.8 },
      itemStyle: { color: s.colour, borderColor: s.border, borderWidth: s.border ? 1 : 0 },
      z: s.stacked ? 2 : 3 + twin.series.length - k, silent: true, emphasis: { focus: "series" },
      markArea: k > 0 ? undefined : {
        silent: true, itemStyle: { color: "#EFEFEF" },
        data: twin.events.map((e) => [{ xAxis: twin.days[e.from] }, { xAxis: twin.days[e.to] }]),
      },
    }));
  }

  function option(twin) {
    return {
      animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 56, right: 32, top: 28, bottom: 66 },
      legend: { show: false },
      tooltip: { trigger: "axis", confine: true, formatter: tooltip(twin) },
      xAxis: { type: "category", data: twin.days, boundaryGap: false, axisLabel: { hideOverlap: true } },
      yAxis: { type: "value", name: twin.unit, nameTextStyle: { align: "left" }, axisLabel: { formatter: text } },
      dataZoom: [{ type: "inside", zoomOnMouseWheel: "ctrl" }, { type: "slider", bottom: 8, height: 24, labelFormatter: "" }],
      series: series(twin),
    };
  }

  // Buttons below the plot: they wrap, however long the names are, and a keyboard reaches them.
  function legend(twin, live) {
    const entries = document.createElement("div");
    entries.className = "legend";
    for (const s of twin.series) {
      const entry = document.createElement("button");
      const swatch = document.createElement("i");
      entry.type = "button";
      entry.setAttribute("aria-pressed", "true");
      swatch.className = s.stacked ? "area" : "line";
      swatch.style.background = s.colour;
      if (s.border) swatch.style.outline = `1px solid ${s.border}`;
      entry.append(swatch, s.name);
      entry.addEventListener("click", () => {
        live.dispatchAction({ type: "legendToggleSelect", name: s.name });
        entry.setAttribute("aria-pressed", String(entry.getAttribute("aria-pressed") !== "true"));
      });
      entry.addEventListener("mouseenter", () => live.dispatchAction({ type: "highlight", seriesName: s.name }));
      entry.addEventListener("mouseleave", () => live.dispatchAction({ type: "downplay", seriesName: s.name }));
      entries.append(entry);
    }
    return entries;
  }

  function draw(figure) {
    const twin = JSON.parse(figure.querySelector("script").textContent);
    const plot = document.createElement("div");
    plot.className = "plot";
    figure.querySelector(".live").append(plot);
    const live = echarts.init(plot, null, { renderer: "svg" });
    live.setOption(option(twin));
    figure.querySelector(".live").append(legend(twin, live));
    new ResizeObserver(() => live.resize()).observe(figure);
    figure.dataset.drawn = "yes";
  }

  function explore(figure, on) {
    figure.classList.toggle("exploring", on);
    figure.querySelector(".switch").textContent = on ? words.picture : words.explore;
    if (on && !figure.dataset.drawn) draw(figure);
  }

  const nearby = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((e) => e.isIntersecting)) {
      nearby.unobserve(entry.target);
      explore(entry.target, true);
    }
  }, { rootMargin: "400px" });

  for (const figure of document.querySelectorAll(".chart")) {
    if (!figure.querySelector(".live")) continue;
    figure.classList.add("enhanced");
    figure.querySelector(".switch").addEventListener("click", () => explore(figure, !figure.classList.contains("exploring")));
    nearby.observe(figure);
  }
})();
