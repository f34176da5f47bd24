const SVG = "http://www.w3.org/2000/svg";
/** Milliseconds that a dot takes for an arrow. */
const LEG = 700;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const upright = matchMedia("(max-aspect-ratio: 11/10), (max-width: 700px)");
const cooling = new Map();

const drawings = [...document.querySelectorAll("svg.diagram")];
function drawing() {
  return document.querySelector(upright.matches ? "svg.narrow" : "svg.wide");
}

/** A part of the picture, in both drawings: a phone may be turned. */
function everywhere(kind, name, act) {
  for (const part of document.querySelectorAll(`[data-${kind}="${name}"]`)) act(part);
}

function isBad(event) { return event.kind === "denied" || event.kind === "failed"; }

/** Whether it came to nothing, be it by a fault: it goes no further. */
function isOver(event) {
  return isBad(event) || (event.kind === "fault" && event.outcome !== "ok");
}

/** The arrows that an event goes along. */
function legs(event) { return isOver(event) ? event.way.slice(0, 1) : event.way; }

/** Marks something for a time; a later mark begins it anew. */
function mark(target, name, time) {
  clearTimeout(cooling.get(target));
  target.classList.add(name);
  cooling.set(target, setTimeout(() => target.classList.remove(name), time));
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function traveller(event) {
  const group = shape("g", { class: `traveller ${event.kind}` });
  group.append(shape("circle", { r: isOver(event) ? 14 : 10 }));
  if (isOver(event)) {
    group.append(shape("path", { d: isBad(event) ? "M-6 -6 6 6M6 -6 -6 6" : "M0 -8V2M0 7V7.5" }));
  }
  return group;
}

/** Moves along one arrow; resolves at its end, or when another hop is shown. */
function leg(group, path, time) {
  const length = path.getTotalLength();
  return new Promise((done) => {
    let start;
    function step(now) {
      start ??= now;
      const share = Math.min(1, Math.max(0, (now - start) / time));
      const eased = share < .5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2;
      const point = path.getPointAtLength(length * eased);
      group.setAttribute("transform", `translate(${point.x} ${point.y})`);
      if (share < 1 && group.isConnected) requestAnimationFrame(step); else done();
    }
    requestAnimationFrame(step);
  });
}

/** Lets the dot of a hop travel, at a multiple of the usual pace. */
async function travel(event, pace) {
  for (const one of document.querySelectorAll(".traveller")) one.remove();
  const svg = drawing();
  const arrive = (name) => everywhere("arrow", name, (path) =>
    everywhere("node", path.dataset.to, (node) => mark(node, "hit", 900)));
  // A hidden page draws nothing.
  if (calm.matches || document.hidden) { legs(event).forEach(arrive); return; }
  const group = traveller(event);
  for (const name of legs(event)) {
    const path = svg.querySelector(`[data-arrow="${name}"]`);
    if (!path) continue;
    const at = path.getPointAtLength(0);
    group.setAttribute("transform", `translate(${at.x} ${at.y})`);
    svg.querySelector(".travellers").append(group);
    await leg(group, path, LEG / pace);
    if (!group.isConnected) return;
    arrive(name);
  }
  if (!isOver(event)) group.remove();
}

/** A hop's number on its arrow, with those of earlier hops along the same one. */
function badge(svg, name, numbers, event, isCurrent) {
  const path = svg.querySelector(`[data-arrow="${name}"]`);
  if (!path) return;
  const at = path.getPointAtLength(path.getTotalLength() * Number(path.dataset.at ?? .5));
  const sign = isOver(event) ? ` ${signs[event.kind]}` : "";
  const words = (numbers.length > 2 ? `…${numbers.at(-1)}` : numbers.join(",")) + sign;
  const width = 12 + 11 * words.length;
  const inside = Math.min(at.x, svg.viewBox.baseVal.width - width / 2 - 1);
  const group = shape("g", {
    class: ["badge", isCurrent && "current", isBad(event) && "bad",
      event.kind === "fault" && "fault"].filter(Boolean).join(" "),
    "data-badge": name, transform: `translate(${inside} ${at.y})` });
  const text = shape("text", { y: 6.5 });
  text.textContent = words;
  group.append(shape("rect", { x: -width / 2, y: -12, width, height: 24, rx: 12 }), text);
  svg.querySelector(".badges").append(group);
}

/** Draws the hops up to one, all at once: what is drawn depends on nothing that was before. */
function drawHops(hops) {
  for (const path of document.querySelectorAll("[data-arrow]")) {
    path.classList.remove("walked", "hot", "refused", "fault");
  }
  for (const node of document.querySelectorAll(".hurt")) node.classList.remove("hurt");
  for (const layer of document.querySelectorAll(".badges")) layer.replaceChildren();
  const arrows = new Map();
  hops.forEach((event, index) => legs(event).forEach((name) => {
    const numbers = [...arrows.get(name)?.numbers ?? [], index + 1];
    arrows.set(name, { numbers, event });
  }));
  for (const [name, { numbers, event }] of arrows) {
    const isCurrent = event === hops.at(-1);
    everywhere("arrow", name, (path) => {
      path.classList.add(isBad(event) ? "refused" : isCurrent ? "hot" : "walked");
      if (event.kind === "fault") path.classList.add("fault");
      if (!isBad(event)) return;
      everywhere("node", path.dataset.to, (node) => node.classList.add("hurt"));
    });
    for (const svg of drawings) {
      const path = svg.querySelector(`[data-arrow="${name}"]`);
      // Above those that it shares a piece of its way with.
      path?.parentNode.append(path);
      badge(svg, name, numbers, event, isCurrent);
    }
  }
}

/** Draws a server that does not answer. */
function away(name, isAway) {
  everywhere("node", name, (node) => node.classList.toggle("away", isAway));
}
