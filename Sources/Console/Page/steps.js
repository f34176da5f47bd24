/** Milliseconds that a hop stays when its dot has arrived. */
const DWELL = 900;
/** So long are a flow's first events waited for: servers tell of the same moment in any order. */
const SETTLE = 350;
const FLOWS = 8;
const flows = [];
let shown;
/** How many hops of the flow that is shown are drawn. */
let drawn = 0;
let isPaused = false;
let timer;

/** When a call began. The app's GET lies around the agent's call, and times are whole milliseconds. */
function begin(event) {
  const first = event.operation === "GetCredentials" && event.cached !== true ? 2 : 0;
  return Date.parse(event.time) - (event.durationMicroseconds ?? 0) / 1000 - first;
}

/** Puts an event into its flow, in the order of time among those that are not drawn yet. */
function join(event) {
  let flow = flows.find((one) => one.number === event.flow);
  if (!flow) {
    flow = { number: event.flow, hops: [], seen: 0 };
    flows.push(flow);
    if (flows.length > FLOWS) flows.splice(flows[0] === shown ? 1 : 0, 1);
  }
  let place = flow.hops.length;
  const first = Math.max(flow.seen, flow === shown ? drawn : 0);
  while (place > first && begin(flow.hops[place - 1]) > begin(event)) place -= 1;
  flow.hops.splice(place, 0, event);
  return flow;
}

/** The event that says what became of a flow: the heaviest, of each call the last try. */
function decider(flow) {
  const last = new Map();
  for (const event of flow.hops) {
    last.set([event.operation, event.bucket, event.key].join("\n"), event);
  }
  return [...last.values()].reduce((a, b) => (b.weight >= a.weight ? b : a));
}

/** Flows with hops that were not drawn; of many the newest alone, for the page is to keep up. */
function waiting() {
  const found = flows.filter((flow) => flow !== shown && flow.seen < flow.hops.length);
  if (found.length <= 3) return found;
  for (const flow of found.slice(0, -1)) flow.seen = flow.hops.length;
  return found.slice(-1);
}

/** Shows the flow with so many hops drawn; the last of them travels if it is to. */
function render(isMoving) {
  if (!shown) return;
  shown.seen = Math.max(shown.seen, drawn);
  const hops = shown.hops.slice(0, drawn);
  drawHops(hops);
  byId("hops").replaceChildren(...shown.hops.map((event, index) => {
    const item = element("li", String(index + 1) + (index < drawn ? signs[event.kind] ?? "" : ""));
    item.title = event.operation;
    item.dataset.kind = event.kind;
    item.dataset.operation = event.operation;
    if (index < drawn) item.className = "walked";
    if (index === drawn - 1) item.setAttribute("aria-current", "step");
    return item;
  }));
  const line = byId("hop");
  line.replaceChildren();
  const now = hops.at(-1);
  const head = now ? `Hop ${drawn} of ${shown.hops.length}: ` : "The flow from its beginning ";
  line.append(element("b", head), now ? meaning(now) : `(${shown.hops.length} hops)`);
  if (now && now.kind !== "ok") line.append(` — ${words(now)}`);
  // Read out where somebody steps; a flow that goes by would be too much.
  line.setAttribute("aria-live", isPaused ? "polite" : "off");
  const away = waiting().length;
  if (away) line.append(` (${away === 1 ? "another flow waits" : `${away} flows wait`})`);
  showResult(decider(shown));
  if (isMoving && now) travel(now, pace());
}

/** Takes the dot away that is still on its way. */
function settle() { for (const one of document.querySelectorAll(".traveller")) one.remove(); }

/** Those who wait hurry those who are shown. */
function pace() { return !isPaused && waiting().length > 0 ? 3 : 1; }

function schedule(time) {
  clearTimeout(timer);
  timer = isPaused ? undefined : setTimeout(advance, time);
}

function forward() {
  if (!shown || drawn >= shown.hops.length) {
    const next = waiting()[0];
    if (!next) return false;
    shown = next;
    drawn = next.seen;
  }
  drawn += 1;
  render(true);
  return true;
}

function advance() {
  timer = undefined;
  if (!forward()) return;
  const event = shown.hops[drawn - 1];
  schedule((Math.max(1, legs(event).length) * LEG + DWELL) / pace());
}

/** Takes an event that happened now. */
function happened(event) {
  // Lookups of the servers themselves belong to no flow.
  if (event.flow === undefined) {
    if (isPaused || timer !== undefined) return;
    for (const name of legs(event)) everywhere("arrow", name, (path) => mark(path, "hot", 1200));
    return;
  }
  join(event);
  render(false);
  if (timer === undefined) schedule(SETTLE);
}

/** Takes the events of before: the last flow stands as it ended. */
function recall(events) {
  clearTimeout(timer);
  timer = undefined;
  settle();
  flows.length = 0;
  shown = undefined;
  drawn = 0;
  for (const event of events) if (event.flow !== undefined) join(event);
  for (const flow of flows) flow.seen = flow.hops.length;
  shown = flows.at(-1);
  drawn = shown?.hops.length ?? 0;
  render(false);
}

function pause(isWanted) {
  isPaused = isWanted;
  const button = document.querySelector("[data-flow=pause]");
  button.querySelector(".glyph").textContent = isWanted ? "▶" : "❚❚";
  button.lastElementChild.textContent = isWanted ? "Go on" : "Pause";
  schedule(0);
}

const controls = {
  pause() { pause(!isPaused); render(false); },
  step() { pause(true); forward(); },
  back() { pause(true); settle(); if (drawn > 1) drawn -= 1; render(false); },
  replay() {
    if (!shown) return;
    settle();
    drawn = 0;
    if (isPaused) forward(); else { render(false); schedule(DWELL); }
  },
};
for (const button of document.querySelectorAll("button[data-flow]")) {
  button.addEventListener("click", () => controls[button.dataset.flow]());
}
