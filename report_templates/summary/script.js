"use strict";
// Draws the figures and answers clicks. It computes nothing that a reader could quote and writes text as text only.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const settings = { displayModeBar: false, displaylogo: false, responsive: true, showLink: false, staticPlot: false };
  const narrow = () => window.innerWidth < 640;

  function draw(id, figure) {
    const layout = structuredClone(figure.layout);
    const traces = structuredClone(figure.data);
    if (narrow()) {
      layout.margin = { ...layout.margin, l: 44, r: 8 };
      layout.font = { ...layout.font, size: 11 };
      for (const trace of traces) if (trace.marker && trace.marker.sizeref) trace.marker.sizeref *= 3;
      // A legend that wraps takes lines of its own, and no more than half of the figure.
      if (layout.height) layout.height += 24 * figure.data.length;
    }
    return Plotly.react(byId(id), traces, layout, settings);
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  const amount = (value) => value === null || value === undefined ? "–"
    : value.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

  // Health: the estate, or one cluster.
  const chooseHealth = byId("choose-health");
  function showHealth() {
    const figures = data.health[chooseHealth.value];
    for (const part of ["dimensions", "layers"]) {
      byId(`figure-health-${part}`).hidden = !figures;
      if (figures) draw(`figure-health-${part}`, figures[part]);
    }
  }
  chooseHealth.addEventListener("change", showHealth);

  // Scorecard: a mark leads to its row, by mouse and by keyboard; labels move, marks never do.
  const scorecard = byId("figure-scorecard");
  function goTo(number) {
    const row = byId(`package-${number}`);
    location.hash = `package-${number}`;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  }

  function marks() {
    const found = [];
    for (const trace of scorecard.data.filter((each) => each.customdata)) {
      scorecard.querySelectorAll(`.scatterlayer .trace${trace.uid} path.point`).forEach((mark, index) => {
        found.push({ mark, number: trace.customdata[index], x: trace.x[index], y: trace.y[index], text: trace.text[index],
          later: trace.uid === "quarterlater" });
      });
    }
    return found;
  }

  const plain = (text) => text.replace(/<[^>]*>/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  function makeMarksReachable() {
    for (const { mark, number, text } of marks()) {
      if (mark.hasAttribute("tabindex")) continue;
      mark.classList.add("scorecard-mark");
      for (const [key, value] of [["tabindex", "0"], ["role", "link"], ["aria-label", plain(text)]]) mark.setAttribute(key, value);
      mark.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); goTo(number); }
      });
    }
  }

  // Greedy: each label takes the nearest free place around its mark; a line leads back when it had to go far.
  function labels() {
    const area = scorecard._fullLayout ? scorecard._fullLayout._size : null;
    if (!area) return [];
    const frame = scorecard.getBoundingClientRect();
    const all = marks();
    // A narrow screen has no room for every number: those of packages that are planned come first.
    const labelled = narrow() && all.length > 30 ? all.filter((each) => !each.later) : all;
    const spots = labelled.map(({ mark, number, x, y }) => {
      const box = mark.getBoundingClientRect();
      return { number, x, y, px: box.x + box.width / 2 - frame.x, py: box.y + box.height / 2 - frame.y, r: box.width / 2 };
    }).sort((a, b) => a.number - b.number);
    const taken = [];
    const apart = (one, other) => Math.abs(one.px - other.px) >= (one.w + other.w) / 2 || Math.abs(one.py - other.py) >= 15;
    return spots.map((spot) => {
      const w = 12 + 8 * String(spot.number).length;
      let best = null;
      for (let far = spot.r + 10; far < spot.r + 120 && !best; far += 12) {
        for (let turn = 0; turn < 16 && !best; turn += 1) {
          const angle = -Math.PI / 4 + turn * Math.PI / 8;
          const box = { px: spot.px + far * Math.cos(angle), py: spot.py + far * Math.sin(angle), w };
          const inside = box.px > area.l + w / 2 && box.px < area.l + area.w - w / 2 && box.py > area.t + 8 && box.py < area.t + area.h - 8;
          if (inside && taken.every((other) => apart(box, other)) && spots.every((other) => Math.hypot(box.px - other.px, box.py - other.py) > other.r + 7)) best = box;
        }
      }
      best = best || { px: spot.px, py: spot.py - spot.r - 10, w };
      taken.push(best);
      return { x: Math.log10(spot.x), y: spot.y, ax: best.px - spot.px, ay: best.py - spot.py, text: `#${spot.number}`,
        showarrow: true, arrowhead: 0, arrowwidth: 0.8, arrowcolor: "#5A626C", standoff: spot.r, font: { size: 11 }, captureevents: false };
    });
  }

  const corners = [
    [0.005, 0.985, "left", "Do now"], [0.995, 0.985, "right", "Plan and fund"],
    [0.005, 0.015, "left", "Batch"], [0.995, 0.015, "right", "Park or accept"],
  ].map(([x, y, anchor, text]) => ({ x, y, xref: "paper", yref: "paper", xanchor: anchor, yanchor: y > 0.5 ? "top" : "bottom",
    text, showarrow: false, font: { size: 13, color: "#14375E" } }));

  let placing = false;
  function placeLabels() {
    if (placing) return;
    placing = true;
    Plotly.relayout(scorecard, { annotations: [...corners, ...labels()] }).then(() => {
      makeMarksReachable();
      placing = false;
      scorecard.dataset.ready = "true";
    });
  }

  function drawScorecard() {
    draw("figure-scorecard", data.figures.scorecard).then(() => {
      scorecard.on("plotly_click", (event) => goTo(event.points[0].customdata));
      scorecard.on("plotly_restyle", placeLabels);
      placeLabels();
    });
  }

  byId("show-ranges").addEventListener("change", (event) => {
    Plotly.restyle(scorecard, { "error_x.visible": event.target.checked, "error_y.visible": event.target.checked });
  });

  // Plan: every capacity was planned beforehand; choosing one shows its numbers.
  const chooseCapacity = byId("choose-capacity");
  function packagesOf(ids) {
    const cell = element("td");
    const known = ids.filter((id) => id in data.packages).map((id) => data.packages[id]).sort((a, b) => a[0] - b[0]);
    known.forEach(([number, title], place) => {
      if (place) cell.append(", ");
      cell.append(element("a", `#${number} ${title}`, { href: `#package-${number}` }));
    });
    return cell;
  }

  function showCapacity() {
    const quarters = data.scenarios[chooseCapacity.value];
    if (!quarters) return;
    const body = byId("table-plan").tBodies[0];
    const rows = quarters.map((quarter) => {
      const row = element("tr");
      row.append(element("th", quarter.quarter ? String(quarter.quarter) : "today", { scope: "row" }));
      for (const key of ["residual", "residual_upper", "effort_days", "cost"]) row.append(element("td", amount(quarter[key]), { class: "n" }));
      row.append(packagesOf(quarter.packages || []));
      return row;
    });
    const planned = new Set(quarters.flatMap((quarter) => quarter.packages || []));
    const later = element("tr");
    later.append(element("th", "later", { scope: "row" }));
    for (let empty = 0; empty < 4; empty += 1) later.append(element("td", "", { class: "n" }));
    later.append(packagesOf(Object.keys(data.packages).filter((id) => !planned.has(id))));
    body.replaceChildren(...rows, later);
    const notes = [...new Set(quarters.filter((quarter) => quarter.note).map((quarter) => quarter.note))];
    const impossible = quarters.some((quarter) => quarter.feasible === "false");
    byId("capacity-note").hidden = !notes.length && !impossible;
    byId("capacity-note").textContent = [impossible ? "Not every fixed date can hold with this team." : "", ...notes].filter(Boolean).join(" ");
    const figure = structuredClone(data.figures["burn-down"]);
    ["residual", "residual_upper", "floor"].forEach((key, place) => { figure.data[place].y = quarters.map((quarter) => quarter[key]); });
    figure.layout.yaxis.range = [0, 1.08 * Math.max(1, ...Object.values(data.scenarios).flat().map((quarter) => quarter.residual_upper || 0))];
    draw("figure-burn-down", figure);
  }
  chooseCapacity.addEventListener("change", showCapacity);

  // Findings: every word must be in the row.
  const rows = [...byId("table-findings").tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase(), verdict: row.dataset.verdict }));
  function search() {
    const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = byId("choose-verdict").value;
    let found = 0;
    for (const { row, text, verdict: own } of rows) {
      const fits = (!verdict || own === verdict) && words.every((word) => text.includes(word));
      row.hidden = !fits;
      found += fits;
    }
    byId("found").textContent = words.length || verdict ? `${found.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")} shown rows` : "";
  }
  byId("find").addEventListener("input", search);
  byId("choose-verdict").addEventListener("change", search);

  for (const name of ["completeness", "requirements"]) draw(`figure-${name}`, data.figures[name]);
  showHealth();
  drawScorecard();
  showCapacity();

  let waiting;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(placeLabels, 250); });
  const everyFigure = () => document.querySelectorAll(".figure.js-plotly-plot");
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("section > details").forEach((one) => { one.dataset.was = one.open; one.open = true; });
    everyFigure().forEach((one) => Plotly.relayout(one, { width: 680 }));
  });
  window.addEventListener("afterprint", () => {
    document.querySelectorAll("section > details").forEach((one) => { one.open = one.dataset.was === "true"; });
    everyFigure().forEach((one) => Plotly.relayout(one, { width: null, autosize: true }));
  });
})();
