/// The script of the picture: events travel along their arrows.
enum ConsoleMotion {
  /// A module of the browser; positions are attributes, so that no style is written.
  static let source = #"""
    const SVG = "http://www.w3.org/2000/svg";
    const LEG = 700;
    const GAP = 160;
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    const upright = matchMedia("(max-width: 700px)");
    const cooling = new Map();
    let nextStart = 0;

    function drawing() {
      return document.querySelector(upright.matches ? "svg.narrow" : "svg.wide");
    }

    function isBad(event) { return event.kind === "denied" || event.kind === "failed"; }

    /** Marks something for a time; a later mark begins it anew. */
    function mark(target, classes, time) {
      if (!target) return;
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
      dot.setAttribute("r", isBad(event) ? "14" : "10");
      group.append(dot);
      if (isBad(event)) {
        const cross = document.createElementNS(SVG, "path");
        cross.setAttribute("d", "M-6 -6 6 6M6 -6 -6 6");
        group.append(cross);
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
    export async function travel(event) {
      const svg = drawing();
      const bad = isBad(event);
      const paths = event.way
        .map((name) => svg.querySelector(`[data-arrow="${name}"]`)).filter(Boolean);
      // What was refused does not go on.
      const legs = bad ? paths.slice(0, 1) : paths;
      const heat = bad ? ["refused"] : event.kind === "fault" ? ["hot", "fault"] : ["hot"];
      for (const path of legs) mark(path, heat, bad ? 9000 : LEG * legs.length + 1200);
      const arrive = (path) => mark(svg.querySelector(`[data-node="${path.dataset.to}"]`),
        [bad ? "hurt" : "hit"], bad ? 9000 : 900);
      if (calm.matches) { for (const path of legs) arrive(path); return; }
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
      // A cross stays where the call was refused.
      setTimeout(() => group.remove(), bad ? 8000 : 250);
    }

    /** Draws a server that does not answer. */
    export function away(name, isAway) {
      for (const node of document.querySelectorAll(`[data-node="${name}"]`)) {
        node.classList.toggle("away", isAway);
      }
    }

    """#
}
