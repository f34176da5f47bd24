import HTTP
import JSON

/// What a browser gets whose link is used up, or was never right: what to do now.
///
/// It, its style and its icon are all that the console shows to those who have no session.
enum ConsoleClosedPage {
  /// What the page is made of besides itself; nil where a path names nothing of it.
  ///
  /// The paths, which `closed.html` names, are beside the door, for the page's own folder is secret.
  static func part(_ path: Substring) -> HTTPResponse? {
    switch path.bytes {
    case "/closed.css": .text(200, css, contentType: "text/css; charset=utf-8")
    case "/closed.svg": .text(200, ConsolePage.icon, contentType: "image/svg+xml")
    default: nil
    }
  }

  /// The document.
  static let html = ConsolePage.text(PackageResources.closed_html)

  /// Its style sheet.
  private static let css = ConsolePage.colours + ConsolePage.text(PackageResources.closed_css)
}
