// The dashboard: draws what `live` sends, a document a second.
"use strict";

const $ = (selector) => document.querySelector(selector);
const MEGABYTE = 1 << 20;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function cell(text, className = "") {
  const made = document.createElement("td");
  made.textContent = text;
  made.className = className;
  return made;
}

function fill(table, rows) {
  const body = $(`#${table} tbody`);
  body.replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells);
    return row;
  }));
  const section = body.closest("section");
  section.querySelector(".empty").hidden = rows.length > 0;
  section.querySelector("table").hidden = rows.length === 0;
}

function list(id, pairs) {
  $(`#${id}`).replaceChildren(...pairs.map(([name, value]) => {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    term.textContent = name;
    said.textContent = value;
    pair.append(term, said);
    return pair;
  }));
}

const file = (path, project) => (path.startsWith(`${project}/`) ? path.slice(project.length + 1) : path);
const seconds = (job, now) => (job.started_at ? ((job.ended_at || now) - job.started_at).toFixed(1) : "");

const charts = [];

function chart(id, series, history) {
  const holder = $(`#${id}`);
  const data = [history.map((_, index) => index + 1), ...series.map(({ value }) => history.map(value))];
  const known = charts.find((each) => each.id === id);
  if (known) {
    known.plot.setData(data);
    return;
  }
  const axis = { stroke: () => colour("soft"), grid: { stroke: () => colour("line"), width: 1 }, ticks: { show: false } };
  const several = series.length > 1; // one line is named by its heading
  const plot = new uPlot({
    width: holder.clientWidth || 400,
    height: 190,
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, series[0].top || Math.max(high || 0, 1) * 1.1] } },
    legend: { show: several, live: false },
    axes: [{ ...axis, size: 28, incrs: [1, 2, 5, 10, 20, 50, 100] }, axis],
    series: [
      { label: "Generation" },
      ...series.map(({ label, shade }) => ({
        label, stroke: () => colour(shade), width: 2, points: { show: true, size: 6, fill: () => colour(shade) }, spanGaps: true,
      })),
    ],
  }, data, holder);
  charts.push({ id, plot, holder });
}

function draw({ status, jobs, history, cache, now }) {
  const running = jobs.filter((job) => job.state === "running").length;
  $("#state").textContent = running ? `${running} running, ${status.queued} waiting` : "idle";
  const tests = history.reduce((sum, each) => sum + each.tests, 0);
  const dropped = history.reduce((sum, each) => sum + each.dropped, 0);
  const scored = history.filter((each) => each.score !== null);
  const mean = scored.length ? scored.reduce((sum, each) => sum + each.score, 0) / scored.length : null;
  list("numbers", [
    ["Running", running],
    ["Waiting", `${status.queued} of ${status.capacity}`],
    ["Generations", history.length],
    ["Tests accepted", tests],
    ["Dropped when verified", dropped],
    ["Mean mutation score", mean === null ? "none yet" : `${mean.toFixed(1)} %`],
  ]);
  fill("jobs", jobs.slice(0, 20).map((job) => [
    cell(file(job.path, job.project)),
    cell(job.kind),
    cell(job.state, job.state),
    cell(job.problem ? job.problem.message.split("\n")[0] : job.state === "running" ? job.phase : ""),
    cell(job.client),
    cell(seconds(job, now), "number"),
  ]));
  fill("agents", status.agents.map((agent) => [
    cell(agent.project),
    cell(agent.busy ? "busy" : "waits", agent.busy ? "running" : ""),
    cell(agent.jobs, "number"),
    cell(`${Math.round(agent.memory_bytes / MEGABYTE)} MB`, "number"),
    cell(agent.busy ? "" : `${Math.round(agent.idle_s)} s`, "number"),
  ]));
  const model = status.model;
  list("model", [
    ["Model", model.chosen || "none: no model proposes"],
    ["Adapter", model.adapter || "none"],
    ["State", model.problem || model.state],
    ["Models found", model.models.map((each) => each.id).join(", ") || "none"],
    ["Cache", `${Math.round(cache.bytes / MEGABYTE)} MB in ${cache.folder}`],
    ["Last error", status.last_error ? status.last_error.message.split("\n")[0] : "none"],
  ]);
  chart("score-chart", [{ label: "Score, %", shade: "good", value: (each) => each.score, top: 100 }], history);
  chart("speed-chart", [{ label: "Seconds", shade: "accent", value: (each) => each.seconds }], history);
  chart("tests-chart", [
    { label: "Accepted", shade: "good", value: (each) => each.tests },
    { label: "Dropped", shade: "bad", value: (each) => each.dropped },
  ], history);
  chart("candidates-chart", [{ label: "Candidates", shade: "accent", value: (each) => each.candidates }], history);
}

const source = new EventSource("live");
let shown = null;
source.onmessage = (message) => { shown = JSON.parse(message.data); draw(shown); };
source.onerror = () => { $("#state").textContent = "the daemon does not answer"; };
addEventListener("resize", () => charts.forEach(({ plot, holder }) => plot.setSize({ width: holder.clientWidth, height: 190 })));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  charts.splice(0).forEach(({ plot }) => plot.destroy()); // legends keep the colours that they were made with
  if (shown) {
    draw(shown);
  }
});
