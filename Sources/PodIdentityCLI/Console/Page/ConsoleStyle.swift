/// How the page looks: calm, dark on light, each colour with a sign or a word beside it.
enum ConsoleStyle {
  /// The style sheet; contrasts of text are 4.5 to 1 and more (WCAG 2.2, 1.4.3).
  static let css = colours + layout + parts + diagram + narrow

  private static let colours = #"""
    :root {
      --paper: #f4f6f8; --card: #fff; --line: #c3ccd6; --ink: #14202b; --quiet: #4a5a6a;
      --blue: #0b4f9e; --blue-soft: #e3eefa; --green: #136134; --red: #b00f1f;
      --red-soft: #fdecee; --amber: #7a4b00; --amber-soft: #fff3d9;
      --text: system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
      --code: ui-monospace, "Cascadia Code", "Noto Sans Mono", "DejaVu Sans Mono", monospace;
    }
    * { box-sizing: border-box; margin: 0; padding: 0; }
    html { background: var(--paper); color: var(--ink); }
    body { font: 16px/1.35 var(--text); }
    ul, ol { list-style: none; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden;
      clip-path: inset(50%); white-space: nowrap; }
    :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; border-radius: 6px; }

    """#

  private static let layout = #"""
    header { display: flex; align-items: baseline; gap: 4px 22px; padding: 6px 20px 5px;
      background: var(--card); border-bottom: 1px solid var(--line); flex-wrap: wrap; }
    h1 { font-size: 23px; letter-spacing: -.01em; }
    h1 span { font-weight: 400; color: var(--quiet); }
    #identity { color: var(--quiet); }
    #servers { display: flex; gap: 4px 18px; flex-wrap: wrap; margin-left: auto; }
    #servers li, #link { font-weight: 600; }
    #servers li::before { content: "● "; color: var(--green); }
    #servers .away { color: var(--red); }
    #servers .away::before { content: "✕ "; color: var(--red); }
    #link { color: var(--green); min-width: 5em; text-align: right; }
    #link.lost { color: var(--red); }
    main { display: grid; gap: 8px 14px; padding: 9px 16px 16px; max-width: 1800px;
      margin: 0 auto; grid-template-columns: minmax(0, 1fr) minmax(0, 27.5rem);
      grid-template-areas: "picture known" "latest known" "denial known" "faults known"
        "past past";
      grid-template-rows: auto auto auto 1fr auto; }
    #picture { grid-area: picture; }
    #latest { grid-area: latest; }
    #denial { grid-area: denial; }
    #faults { grid-area: faults; }
    aside { grid-area: known; display: flex; flex-direction: column; gap: 9px; }
    #past { grid-area: past; }
    aside > section, #past, #picture, #latest, #denial, #faults { background: var(--card);
      border: 1px solid var(--line); border-radius: 12px; padding: 8px 14px 9px; }
    #picture { padding: 8px 10px; }
    h2 { font-size: 17px; line-height: 1.3; }

    """#

  private static let parts = #"""
    .about { color: var(--quiet); font-size: 15px; overflow-wrap: anywhere; }
    dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 12px;
      font-size: 15px; }
    dt { color: var(--quiet); }
    dd { font-family: var(--code); font-size: 14px; line-height: 21px;
      overflow-wrap: anywhere; }
    details { margin-top: 3px; font-size: 15px; }
    summary { color: var(--blue); cursor: pointer; }
    #associations li, #pods li { font-size: 15px; overflow-wrap: anywhere; }
    #associations b, #pods b { font-weight: 600; }
    #associations span, #pods span { color: var(--quiet); }
    #event { display: flex; align-items: baseline; gap: 2px 14px;
      font-size: 19px; min-height: 28px; }
    #event > * { white-space: nowrap; }
    #event-name { font-weight: 700; }
    #event-subject { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
    #event-outcome { font-weight: 600; }
    #event time { margin-left: auto; color: var(--quiet); font-size: 15px;
      font-variant-numeric: tabular-nums; }
    .sign { font-weight: 700; min-width: 1em; text-align: center; }
    [data-kind="ok"] .sign, [data-kind="ok"] .outcome { color: var(--green); }
    [data-kind="denied"] .sign, [data-kind="denied"] .outcome, [data-kind="failed"] .sign,
    [data-kind="failed"] .outcome { color: var(--red); }
    [data-kind="fault"] .sign, [data-kind="fault"] .outcome { color: var(--amber); }
    #denial { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 14px;
      align-items: center; min-height: 78px; }
    #denial .cross { width: 44px; height: 44px; grid-row: 1 / 4; visibility: hidden; }
    #denial .cross circle { fill: var(--red); }
    .cross path { stroke: #fff; stroke-width: 5; stroke-linecap: round; fill: none; }
    #denial p { overflow-wrap: anywhere; }
    #denial[data-state="none"] { grid-template-columns: 0 minmax(0, 1fr); column-gap: 0;
      align-content: center; color: var(--quiet); }
    #denial[data-state="shown"] { background: var(--red-soft); border: 3px solid var(--red);
      padding: 6px 12px 7px; }
    #denial[data-state="shown"] .cross { visibility: visible; }
    #denial[data-state="shown"] h2 { color: var(--red); }
    #denial[data-state="shown"] #denial-head { font-weight: 600; }
    #denial-reason { font-size: 17px; }
    #faults { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 6px 16px;
      align-items: baseline; align-content: start; }
    #faults-said { grid-column: 1 / 3; font-size: 15px; color: var(--red); font-weight: 600; }
    #buttons { grid-column: 1 / 3; display: flex; gap: 8px; }
    #buttons button { flex: 1 0 0; min-width: min-content; }
    #buttons [data-fault="not-visible"] { flex-grow: 1.35; }
    button { font: 600 15px/1.2 var(--text); color: var(--amber); background: var(--amber-soft);
      border: 2px solid var(--amber); border-radius: 9px; padding: 5px 4px; min-height: 46px;
      cursor: pointer; }
    button:hover { background: #ffe7b3; }
    button.mend { color: var(--blue); background: var(--blue-soft); border-color: var(--blue); }
    button.mend:hover { background: #cfe2f7; }
    button[aria-busy="true"] { border-style: dashed; }
    #active { display: flex; gap: 4px 10px; flex-wrap: wrap; }
    #active li { font-size: 15px; background: var(--amber-soft); color: var(--amber);
      border-radius: 6px; padding: 1px 8px; overflow-wrap: anywhere; }
    #active li::before { content: "! "; font-weight: 700; }
    #active li.none { background: none; color: var(--quiet); padding: 0; }
    #active li.none::before { content: none; }
    #events li { display: grid; gap: 0 14px; padding: 3px 0; border-top: 1px solid #e4e9ee;
      grid-template-columns: 1.2em 7.2em 8em minmax(0, 35em) minmax(0, 1fr); font-size: 15px; }
    #events time { font-variant-numeric: tabular-nums; color: var(--quiet); }
    #events li > * { overflow-wrap: anywhere; }
    .noscript { padding: 16px; }

    """#

  private static let diagram = #"""
    .diagram { display: block; width: 100%; height: auto; }
    .diagram text { font: 600 18px var(--text); text-anchor: middle; fill: var(--ink); }
    .diagram text.name { font-size: 22px; }
    .diagram text.what, .labels text { font-weight: 400; font-size: 16.5px; fill: var(--quiet); }
    .labels text { fill: var(--ink); }
    .labels text.after { text-anchor: start; }
    .labels text.before { text-anchor: end; }
    .node rect, .node path, .node ellipse { fill: var(--blue-soft); stroke: var(--blue);
      stroke-width: 2; }
    .node.client rect, .node.app rect { fill: #eef1f4; stroke: #5c6b7a; }
    .node.part rect, .store path, .store ellipse { fill: var(--card); stroke-width: 1.5; }
    .node.away rect { stroke: var(--red); stroke-dasharray: 7 5; fill: var(--red-soft); }
    .node.away text.name { fill: var(--red); text-decoration: line-through; }
    .node.hit > rect, .node.hit > path, .node.hit > ellipse { stroke-width: 4; }
    .node.hurt > rect, .node.hurt > path, .node.hurt > ellipse { stroke: var(--red);
      stroke-width: 4; fill: var(--red-soft); }
    .arrows path { fill: none; stroke: #5c6b7a; stroke-width: 2.5; }
    .wide .arrows path { marker-end: url(#tip-wide); }
    .narrow .arrows path { marker-end: url(#tip-narrow); }
    .tip { fill: context-stroke; }
    .arrows path.hot { stroke: var(--blue); stroke-width: 5; }
    .arrows path.hot.fault { stroke: var(--amber); stroke-dasharray: 3 5; }
    .arrows path.refused { stroke: var(--red); stroke-width: 5; stroke-dasharray: 9 5; }
    .traveller circle { fill: var(--blue); stroke: #fff; stroke-width: 3; }
    .traveller.denied circle, .traveller.failed circle { fill: var(--red); }
    .traveller.fault circle { fill: var(--amber); }
    .traveller path { stroke: #fff; stroke-width: 3.5; stroke-linecap: round; fill: none; }
    .narrow { display: none !important; }

    """#

  private static let narrow = #"""
    @media (min-width: 1500px) { body { font-size: 18px; } dl, .about, #active li, #events li,
      #associations li, #pods li { font-size: 17px; } dd { font-size: 16px; line-height: 24px; }
      button { font-size: 17px; } #event { font-size: 23px; } #denial-reason { font-size: 20px; }
      h2 { font-size: 19px; }
      main { grid-template-columns: minmax(0, 1fr) minmax(0, 33rem); } }
    @media (max-width: 1100px) {
      main { grid-template-columns: minmax(0, 1fr); grid-template-rows: none;
        grid-template-areas: "picture" "latest" "denial" "faults" "known" "past"; }
      #buttons { display: grid; grid-template-columns: repeat(auto-fill, minmax(145px, 1fr)); } }
    @media (max-width: 700px) {
      header { padding: 8px 14px; gap: 2px 14px; }
      #servers { margin-left: 0; width: 100%; gap: 2px 12px; order: 4; font-size: 14px; }
      #link { margin-left: auto; }
      main { padding: 8px; gap: 8px; }
      #picture { padding: 8px; }
      .wide { display: none !important; }
      .narrow { display: block !important; }
      .diagram text { font-size: 14px; }
      .diagram text.name { font-size: 16px; }
      .diagram text.what, .labels text { font-size: 13.5px; }
      #event { font-size: 17px; flex-wrap: wrap; }
        #event > * { white-space: normal; overflow-wrap: anywhere; }
      #event time { margin-left: 0; }
      #faults { grid-template-columns: minmax(0, 1fr); }
      #buttons, #faults-said { grid-column: 1; }
      #denial { align-items: start; }
      #buttons { grid-template-columns: 1fr 1fr; }
      #events li { grid-template-columns: 1.2em minmax(0, 1fr); }
      #events li > :nth-child(n + 3) { grid-column: 2; }
      dl { grid-template-columns: minmax(0, 1fr); }
      dd { margin-bottom: 3px; } }
    @media (prefers-reduced-motion: no-preference) {
      .arrows path { transition: stroke .25s, stroke-width .25s; }
      .node rect { transition: stroke-width .25s; } }

    """#
}
