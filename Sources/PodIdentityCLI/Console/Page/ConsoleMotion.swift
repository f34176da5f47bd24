/// The script of the picture: events travel along their arrows.
enum ConsoleMotion {
  /// The first part of the browser's one module; positions are attributes, so that no style is written.
  static let source = #"""
    const SVG = "http://www.w3.org/2000/svg";
    const LEG = 700;
    const GAP = 160;
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    const upright = matchMedia("(max-width: 700px)");
    const cooling = new Map();
    /** The event that each arrow saw last: its mark is the one that stays. */
    const latest = new Map();
    let nextStart = 0;

    function drawing() {
      return document.querySelector(upright.matches ? "svg.narrow" : "svg.wide");
    }

    /** A part of the picture, in both drawings: a phone may be turned. */
    function everywhere(kind, name, act) {
      for (const part of document.querySelectorAll(`[data-${kind}="${name}"]`)) act(part);
    }

    function isBad(event) { return event.kind === "denied" || event.kind === "failed"; }

    /** Whether it came to nothing, be it by a fault: it goes no further, and leaves a mark. */
    function isOver(event) {
      return isBad(event) || (event.kind === "fault" && event.outcome !== "ok");
    }

    /** Marks something for a time; a later mark begins it anew. */
    function mark(target, classes, time) {
      const before = cooling.get(target);
      if (before) { clearTimeout(before.timer); target.classList.remove(...before.classes); }
      target.classList.add(...classes);
      const timer = setTimeout(() => {
        target.classList.remove(...classes);
        cooling.delete(target);
      }, time);
      cooling.set(target, { timer, classes });
    }

    function traveller(event) {
      const group = document.createElementNS(SVG, "g");
      group.setAttribute("class", `traveller ${event.kind}`);
      const dot = document.createElementNS(SVG, "circle");
      dot.setAttribute("r", isOver(event) ? "14" : "10");
      group.append(dot);
      if (isOver(event)) {
        const sign = document.createElementNS(SVG, "path");
        sign.setAttribute("d", isBad(event) ? "M-6 -6 6 6M6 -6 -6 6" : "M0 -8V2M0 7V7.5");
        group.append(sign);
      }
      return group;
    }

    /** Moves along one arrow; resolves at its end. */
    function leg(group, path, start) {
      const length = path.getTotalLength();
      return new Promise((done) => {
        function step(now) {
          const share = Math.min(1, Math.max(0, (now - start) / LEG));
          const eased = share < .5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2;
          const point = path.getPointAtLength(length * eased);
          group.setAttribute("transform", `translate(${point.x} ${point.y})`);
          if (share < 1) requestAnimationFrame(step); else done();
        }
        requestAnimationFrame(step);
      });
    }

    /** Lets an event travel. Its arrows light up at once, its dot may wait for those before. */
    async function travel(event) {
      const bad = isBad(event);
      const over = isOver(event);
      const svg = drawing();
      const paths = event.way
        .map((name) => svg.querySelector(`[data-arrow="${name}"]`)).filter(Boolean);
      // What came to nothing does not go on.
      const legs = over ? paths.slice(0, 1) : paths;
      const heat = bad ? ["refused"] : event.kind === "fault" ? ["hot", "fault"] : ["hot"];
      for (const path of legs) {
        const time = over ? 9000 : LEG * legs.length + 1200;
        everywhere("arrow", path.dataset.arrow, (twin) => mark(twin, heat, time));
      }
      for (const path of legs) latest.set(path.dataset.arrow, event);
      const isLatest = (path) => latest.get(path.dataset.arrow) === event;
      const arrive = (path) => (!bad || isLatest(path)) && everywhere("node", path.dataset.to, (node) =>
        mark(node, [bad ? "hurt" : "hit"], bad ? 9000 : 900));
      if (calm.matches) { for (const path of legs) arrive(path); return; }
      // A mark says how the arrow's last call went.
      for (const path of legs) {
        everywhere("stuck", path.dataset.arrow, (stuck) => stuck.remove());
      }
      // A hidden page draws nothing; its dots would all start when it is seen again.
      if (document.hidden) return;
      const layer = svg.querySelector(".travellers");
      if (layer.childElementCount > 30) return;
      const now = performance.now();
      let start = Math.min(Math.max(now, nextStart), now + 1500);
      nextStart = start + GAP;
      const group = traveller(event);
      await new Promise((done) => setTimeout(done, start - now));
      for (const path of legs) {
        const at = path.getPointAtLength(0);
        group.setAttribute("transform", `translate(${at.x} ${at.y})`);
        layer.append(group);
        await leg(group, path, performance.now());
        arrive(path);
      }
      const stays = over && legs.length > 0 && isLatest(legs[0]);
      if (stays) group.dataset.stuck = legs[0].dataset.arrow;
      setTimeout(() => group.remove(), stays ? 8000 : 250);
    }

    /** Draws a server that does not answer. */
    function away(name, isAway) {
      everywhere("node", name, (node) => node.classList.toggle("away", isAway));
    }

    """#
}
