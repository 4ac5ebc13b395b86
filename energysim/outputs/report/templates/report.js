"use strict";
// Draws the interactive twins of charts. Without it the page shows the same charts as pictures; print always does.
(function () {
  const words = JSON.parse(document.getElementById("words").textContent);
  const shown = new Intl.NumberFormat(words.tag, { maximumFractionDigits: 2 });
  const text = (value) => (value === null || value === undefined ? "–" : shown.format(value));
  const safe = (name) => echarts.format.encodeHTML(name);

  function tooltip(twin) {
    return (items) => {
      const rows = items
        .filter((item) => item.value !== null && Math.abs(item.value) > 1e-3)
        .map((item) => `${item.marker}${safe(item.seriesName)}: <b>${text(item.value)}</b>`);
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
      z: s.stacked ? 2 : 4, emphasis: { focus: "series" },
      markArea: k > 0 ? undefined : {
        silent: true, itemStyle: { color: "#EFEFEF" },
        data: twin.events.map((e) => [{ xAxis: twin.days[e.from] }, { xAxis: twin.days[e.to] }]),
      },
    }));
  }

  function option(twin) {
    return {
      animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 64, right: 48, top: 28, bottom: 104 },
      legend: { type: "scroll", bottom: 46, itemWidth: 16, itemHeight: 10 },
      tooltip: { trigger: "axis", confine: true, formatter: tooltip(twin) },
      xAxis: { type: "category", data: twin.days, boundaryGap: false, axisLabel: { hideOverlap: true } },
      yAxis: { type: "value", name: twin.unit, nameTextStyle: { align: "left" }, axisLabel: { formatter: text } },
      dataZoom: [{ type: "inside", zoomOnMouseWheel: "ctrl" }, { type: "slider", bottom: 8, height: 24, labelFormatter: "" }],
      series: series(twin),
    };
  }

  function draw(figure) {
    const twin = JSON.parse(figure.querySelector("script").textContent);
    const live = echarts.init(figure.querySelector(".live"), null, { renderer: "svg" });
    live.setOption(option(twin));
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
