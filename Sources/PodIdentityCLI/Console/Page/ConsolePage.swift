/// The console's page: landmarks, headings, and places that the scripts fill.
enum ConsolePage {
  /// The document; it names its parts by their paths here, and nothing from elsewhere.
  static let html = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>podid console</title>
    <link rel="icon" href="icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="console.css">
    <script type="module" src="console.js"></script>
    </head>
    <body>
    <header>
    <h1>podid <span>console</span></h1>
    <p id="identity"></p>
    <ul id="servers" aria-label="Servers"></ul>
    <p id="link" role="status">connecting</p>
    </header>
    <main>
    <section id="picture" aria-labelledby="picture-title">
    <h2 id="picture-title" class="unseen">The way from a pod to its role</h2>

    """# + ConsoleDiagram.wide + ConsoleDiagram.narrow + #"""
      </section>
      <section id="latest" aria-labelledby="latest-title">
      <h2 id="latest-title" class="unseen">Last event</h2>
      <p id="event" role="status" aria-live="polite" aria-atomic="true" data-kind="none">
      <span class="sign" id="event-sign"></span>
      <span id="event-name">Nothing has happened yet</span>
      <span id="event-subject"></span>
      <span id="event-outcome"></span>
      <time id="event-time"></time>
      </p>
      </section>
      <section id="denial" aria-labelledby="denial-title" data-state="none">
      <svg class="cross" viewBox="0 0 40 40" aria-hidden="true">
      <circle cx="20" cy="20" r="19"/><path d="M12 12 28 28M28 12 12 28"/>
      </svg>
      <h2 id="denial-title">Last denial</h2>
      <p id="denial-head">Nothing was denied so far.</p>
      <p id="denial-reason"></p>
      </section>
      <section id="faults" aria-labelledby="faults-title">
      <h2 id="faults-title">Break something</h2>
      <ul id="active" aria-label="Active faults"></ul>
      <p id="faults-said" class="unseen" role="status"></p>
      <div id="buttons" role="group" aria-labelledby="faults-title">
      <button type="button" data-fault="throttle">Throttle once</button>
      <button type="button" data-fault="agent-500">Agent 500 once</button>
      <button type="button" data-fault="expired">Expired credentials</button>
      <button type="button" data-fault="not-visible">Association unseen once</button>
      <button type="button" data-fault="restart">Restart agent</button>
      <button type="button" data-fault="slow">Slow EKS Auth</button>
      <button type="button" data-fault="clear" class="mend">Clear all faults</button>
      </div>
        </section>
      <aside aria-label="What is known">
      <section aria-labelledby="tags-title">
      <h2 id="tags-title">Session tags</h2>
      <p class="about" id="tags-about">No AssumeRoleForPodIdentity yet.</p>
      <dl id="tags"></dl>
      </section>
      <section aria-labelledby="token-title">
      <h2 id="token-title">ServiceAccount token</h2>
      <p class="about" id="token-about">No TokenRequest yet.</p>
      <dl id="token"></dl>
      <details id="token-more" hidden><summary>all of header and claims</summary>
      <dl id="token-rest"></dl></details>
      </section>
      <section aria-labelledby="associations-title">
      <h2 id="associations-title">Associations</h2>
      <ul id="associations"></ul>
      </section>
      <section aria-labelledby="pods-title">
      <h2 id="pods-title">Pods</h2>
      <ul id="pods"></ul>
      </section>
      </aside>
      <section id="past" aria-labelledby="past-title">
      <h2 id="past-title">Events, newest first</h2>
      <ol id="events"></ol>
      </section>
      </main>
      <noscript><p class="noscript">This page shows events as they happen, which needs its
      scripts. podid events --follow shows them in a terminal.</p></noscript>
      </body>
      </html>

      """#

  /// The page's sign in the browser's tab.
  static let icon = #"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
    <rect width="32" height="32" rx="7" fill="#0b4f9e"/>
    <circle cx="11" cy="16" r="5" fill="none" stroke="#fff" stroke-width="3"/>
    <path d="M16 16h10M22 16v5M26 16v4" stroke="#fff" stroke-width="3" fill="none"/>
    </svg>

    """#
}
