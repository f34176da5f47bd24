const byId = (id) => document.getElementById(id);

/** What stands beside each colour. */
const signs = { ok: "✓", denied: "✕", failed: "✕", fault: "!", skipped: "–" };

/** An element with a text. */
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** What became of an event, in words. */
function words(event) {
  switch (event.kind) {
    case "ok": return event.cached === true ? "ok, from the cache" : "ok";
    case "denied": return `denied: ${event.outcome}`;
    case "fault": return event.outcome === "ok" ? "ok, with a fault"
      : event.outcome === "fault" ? "a fault was set" : `fault: ${event.outcome}`;
    default: return event.outcome;
  }
}

function fill(list, rows) {
  list.replaceChildren();
  for (const [name, value] of rows) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(", ") : String(value);
    const row = element("div");
    row.append(element("dt", name), element("dd", text));
    list.append(row);
  }
}

function time(seconds) {
  return seconds === undefined ? undefined
    : new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ") + " UTC";
}

/** Header and claims; the console never has the signature. */
function showToken(event) {
  const claims = event.claims;
  byId("token-about").textContent = "decoded: header and claims, without the signature";
  fill(byId("token"), [
    ["aud", claims.aud], ["sub", claims.sub], ["pod", claims["kubernetes.io/pod/name"]],
    ["iss", claims.iss], ["exp", time(claims.exp)],
  ]);
  const times = new Set(["exp", "iat", "nbf", "kubernetes.io/warnafter"]);
  fill(byId("token-rest"), [
    ...Object.entries(event.header ?? {}).map(([name, value]) => [`header ${name}`, value]),
    ...Object.entries(claims).map(([name, value]) =>
      [name.replace("kubernetes.io/", "").replace("/", " "),
        times.has(name) ? `${value} (${time(value)})` : value]),
  ]);
  byId("token-more").hidden = false;
}

/** The tags of a session, and whose it is. */
function showTags(event) {
  const about = byId("tags-about");
  const arn = event.assumedRole ?? "";
  about.textContent = arn ? `of a session of ${arn.split("/")[1]}` : "of a refused session";
  about.title = arn;
  const tags = Object.entries(event.sessionTags);
  fill(byId("tags"), tags.length > 0 ? tags : [["none", "the association turns them off"]]);
}

/** The last denial: who was refused what, and what decided it. */
function showDenial(event) {
  const place = byId("denial");
  place.dataset.state = "shown";
  const word = event.kind === "denied" ? "Denied" : "Failed";
  byId("denial-title").textContent = `${word}: ${event.outcome} (check: ${event.check})`;
  const who = event.subject?.serviceAccount
    ? `${event.subject.namespace}/${event.subject.serviceAccount}` : event.caller ?? "";
  byId("denial-head").textContent = `${event.operation}${target(event)}${who ? " by " + who : ""}`;
  byId("denial-reason").textContent = (event.reason ?? "")
    + (event.fault ? ` (fault ${event.fault} was set for this call)` : "");
  place.dataset.time = event.time;
}

function list(id, items, none) {
  const place = byId(id);
  place.replaceChildren(...items);
  if (items.length === 0) place.append(element("li", none, "about"));
}

function roleName(arn) { return arn.slice(arn.indexOf("/") + 1); }

/** Associations and pods, where they are told of. */
function showPlaces(picture) {
  if (picture.associations) {
    byId("associations-count").textContent = ` (${picture.associations.length})`;
    list("associations", picture.associations.map((one) => {
      const item = element("li");
      const way = [one.role, one.target].filter(Boolean).map(roleName).join(" → ");
      item.append(element("b", one.account), element("span", ` → ${way}`));
      return item;
    }), "There is none.");
  }
  if (picture.pods) {
    byId("pods-count").textContent = ` (${picture.pods.length})`;
    list("pods", picture.pods.map((pod) => {
      const item = element("li");
      const state = (pod.ready ? "ready" : "not ready")
        + (pod.identity ? "" : ", no identity");
      item.append(element("b", pod.name), element("span", ` (${pod.account}) ${state}`));
      return item;
    }), "There is none.");
  }
}

/** A span of time in its two largest units, or in the largest alone where there is little room. */
function span(seconds, isShort) {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const sign = seconds < 0 ? "−" : "+";
  let rest = Math.abs(seconds);
  // 25 h says more than a day and an hour, of credentials.
  const first = units.findIndex(([name, size]) => rest >= (name === "d" ? 2 : 1) * size);
  const parts = [];
  for (const [name, size] of units.slice(first, first + (isShort ? 1 : 2))) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return sign + parts.join(" ");
}

/** Draws a clock that was moved. */
function showClocks(clocks) {
  const all = Object.values(clocks);
  const isOne = new Set(all).size <= 1;
  const isMoved = all.some((seconds) => seconds !== 0);
  everywhere("node", "clock", (node) => {
    node.dataset.moved = String(isMoved);
    node.querySelector("text").textContent = !isMoved ? "" : isOne ? span(all[0], true) : "differ";
  });
  const each = () => Object.entries(clocks).map(([name, seconds]) =>
    `${name} ${seconds === 0 ? "not moved" : span(seconds)}`).join(", ");
  byId("clock").textContent = !isMoved ? "" : isOne ? `clock ${span(all[0])}`
    : `clocks differ: ${each()}`;
}
