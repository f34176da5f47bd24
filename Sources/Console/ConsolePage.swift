/// The console's page, put together of the files in `Page/`, which the build embeds.
enum ConsolePage {
  /// The document: landmarks, headings, and places that the scripts fill.
  ///
  /// It names its parts by their paths here, and nothing from elsewhere.
  static let html = text(PackageResources.page_html)
    .replacing("<!-- drawings -->\n", with: wide + narrow)
    .replacing("<!-- buttons -->\n", with: buttons)

  /// The picture of who calls whom, for a projector: 840 by 348 units.
  ///
  /// Arrows are named as ``ConsoleArrow`` has them, nodes as the servers are. Each drawing has arrow
  /// heads of its own, for those of a hidden one are not drawn.
  static let wide = text(PackageResources.wide_svg)

  /// The same for a phone that is held upright.
  static let narrow = text(PackageResources.narrow_svg)

  /// The colours and sizes of both pages, light and dark.
  ///
  /// Contrasts of text are 4.5 to 1 and more (WCAG 2.2, 1.4.3), in both schemes. Sizes are in rem, and a
  /// rem is 2.25 % of the window's height: who sits at the back of a room reads it whatever the
  /// projector. It is never less than the browser's own size, so that zooming helps.
  static let colours = text(PackageResources.colours_css)

  /// The style sheet: calm, each colour with a sign or a word beside it.
  ///
  /// `diagram.css` is about the drawings, in their own units; `windows.css` about windows of other
  /// shapes, and so comes last.
  static let css =
    colours + text(PackageResources.console_css) + text(PackageResources.diagram_css)
    + text(PackageResources.windows_css)

  /// The browser's one module: the picture with its dots; what a hop means, in a sentence; the cards of
  /// token, tags, denial, associations and pods; the flows, hop by hop; and what listens to the console.
  ///
  /// All text goes into the page as text, and positions as attributes, so that no style is written.
  static let script =
    text(PackageResources.motion_js) + text(PackageResources.captions_js)
    + text(PackageResources.cards_js) + text(PackageResources.steps_js)
    + text(PackageResources.console_js)

  /// The page's sign in the browser's tab.
  static let icon = text(PackageResources.icon_svg)

  /// The text of an embedded file.
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The buttons of the faults: what each is called, what it does, and for how many calls.
  private static let buttons =
    ConsoleFaults.rules.map { rule in
      """
      <button type="button" data-fault="\(rule.name)" title="\(rule.title)"><b>\(rule.label)</b>
      <span class="count" data-usual="\(rule.usual)">\(rule.usual)</span></button>

      """
    }.joined() + """
      <button type="button" data-fault="clear" class="mend"
      title="Takes back every fault of the stack, those set by podid fault as well"><b>Clear all</b>
      <span class="count">0 active</span></button>

      """
}
