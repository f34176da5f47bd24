const KEPT = 40;

function subject(event) {
  const who = event.subject ?? {};
  const account = [who.namespace, who.serviceAccount].filter(Boolean).join("/");
  return account + (who.pod ? ` (${who.pod})` : "");
}

function clock(time) { return (time ?? "").slice(11, 23); }

function showResult(event) {
  const line = byId("event");
  line.dataset.kind = event.kind;
  line.dataset.time = event.time;
  byId("event-sign").textContent = signs[event.kind] ?? "";
  byId("event-name").textContent = event.operation;
  line.dataset.operation = event.operation;
  const place = byId("event-subject");
  const who = event.subject ?? {};
  const account = [who.namespace, who.serviceAccount].filter(Boolean).join("/");
  place.textContent = `${account}${target(event)}`.trim();
  place.title = `${place.textContent} ${who.pod ? `(${who.pod})` : ""}`;
  const outcome = byId("event-outcome");
  outcome.className = "outcome";
  outcome.textContent = words(event);
  line.dataset.shown = String(Date.now());
}

function addToList(event) {
  const item = element("li");
  item.dataset.kind = event.kind;
  item.dataset.operation = event.operation;
  item.dataset.time = event.time;
  item.dataset.live = String(event.live);
  const sign = element("span", signs[event.kind] ?? "", "sign");
  const name = element("span");
  name.append(element("b", event.operation), ` ${subject(event)}`);
  const what = element("span", words(event), "outcome");
  if (event.reason) what.append(element("span", ": " + event.reason, "reason"));
  item.append(sign, element("time", clock(event.time)), element("span", event.service),
    name, what);
  const list = byId("events");
  list.prepend(item);
  while (list.children.length > KEPT) list.lastElementChild.remove();
  item.dataset.shown = String(Date.now());
}

function apply(event) {
  addToList(event);
  if (event.claims) showToken(event);
  if (event.sessionTags) showTags(event);
  if (event.decides) showDenial(event);
  if (event.live) happened(event);
}

function showServers(servers) {
  const list = byId("servers");
  list.replaceChildren();
  for (const [name, answers] of Object.entries(servers)) {
    const item = element("li", answers ? name : `${name} away`);
    if (!answers) item.className = "away";
    list.append(item);
    away(name, !answers);
  }
  const lost = Object.values(servers).some((answers) => !answers);
  const all = Object.values(servers).every((answers) => !answers);
  linked(!lost, all ? "the stack is away, retrying" : lost ? "retrying" : reading());
}

function showFaults(faults) {
  const list = byId("active");
  list.replaceChildren();
  for (const fault of faults) {
    const met = fault.met === 0 ? "" : `, met ${fault.met === 1 ? "once" : fault.met + " times"}`;
    list.append(element("li", `${fault.server}: ${fault.text}${met}`));
  }
  list.dataset.none = String(faults.length === 0);
  showCounts(faults);
  if (faults.length === 0) list.append(element("li", "No fault is active.", "none"));
}

/** What each button has set: for how many calls yet, or for every call. */
function showCounts(faults) {
  for (const place of document.querySelectorAll("#buttons .count")) {
    const name = place.parentElement.dataset.fault;
    const set = faults.find((fault) => fault.button === name);
    place.classList.toggle("set", set !== undefined);
    const met = set?.met ? `, met ${set.met}` : "";
    place.textContent = name === "clear" ? `${faults.length} active`
      : set === undefined ? place.dataset.usual
      : set.left === null ? `every call${met}` : `${set.left} to come${met}`;
  }
}

function show(picture) {
  if (picture.recent) {
    byId("events").replaceChildren();
    for (const event of picture.recent) { addToList(event); }
    recall(picture.recent);
  }
  if (picture.cluster) {
    byId("identity").textContent = `cluster ${picture.cluster}, ${picture.region}`;
  }
  if (picture.token) showToken(picture.token);
  if (picture.session) showTags(picture.session);
  if (picture.denial) showDenial(picture.denial);
  if (picture.servers) showServers(picture.servers);
  if (picture.faults) showFaults(picture.faults);
  if (picture.clocks) showClocks(picture.clocks);
  showPlaces(picture);
}

/** Whether the console reads what every server tells: from then on nothing comes late. */
let isFollowed = false;
function reading() { return isFollowed ? "live" : "connecting"; }

function linked(isLive, text) {
  const place = byId("link");
  place.classList.toggle("lost", !isLive);
  if (place.textContent !== text) place.textContent = text;
}

const source = new EventSource("events");
source.addEventListener("picture", (message) => {
  const picture = JSON.parse(message.data);
  if (picture.isFollowed) isFollowed = true;
  // The whole picture comes when the console does; a part of it says nothing of the stack.
  if (picture.recent || picture.isFollowed) linked(true, reading());
  show(picture);
});
// Another stack has come: nothing of the one before is to stay.
source.addEventListener("anew", () => location.reload());
source.addEventListener("happened", (message) => apply(JSON.parse(message.data)));
source.addEventListener("error", () => {
  linked(false, source.readyState === EventSource.CLOSED
    ? "this link is used up: run podid console again"
    : "podid console is away; trying again");
});

for (const button of document.querySelectorAll("button[data-fault]")) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const said = byId("faults-said");
    let isWell = false;
    try {
      const answer = await fetch(`faults/${button.dataset.fault}`, { method: "POST" });
      isWell = answer.ok;
      said.textContent = answer.status === 403 ? "Run podid console again for a new link."
        : (await answer.json()).message;
    } catch { said.textContent = "podid console does not answer."; }
    // What was set is seen in the list; what went wrong is seen here.
    said.classList.toggle("unseen", isWell);
    button.removeAttribute("aria-busy");
  });
}
