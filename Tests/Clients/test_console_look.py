"""podid console: sizes, colours, what scrolls, and what stands before a closed door."""

import pytest
from browser import complaints, resize
from console_page import (  # noqa: F401
    ACCOUNT, FETCH, Console, browser, console, make_pod, shown_stack)

SIZES = [(1280, 720), (1920, 1080), (1280, 800), (1024, 768), (375, 812), (320, 640)]
# The least share of the window's height that text may have, for those at the back of the room.
SHARE = .022
SMALL = """
const poor = [];
for (const one of document.querySelectorAll("body *")) {
  if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
  if (one.closest(".unseen, noscript") || one.getClientRects().length === 0) continue;
  // A drawing's units are as large as the drawing is.
  const scale = one.ownerSVGElement ? one.getScreenCTM().a : 1;
  const size = parseFloat(getComputedStyle(one).fontSize) * scale;
  if (size < arguments[0]) poor.push([one.tagName, one.textContent.slice(0, 30), size]);
}
return poor;
"""
CONTRAST = """
function light(part) { const c = part / 255;
  return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; }
function colour(text) { return text.match(/[\\d.]+/g).map(Number); }
function luminance([r, g, b]) { return .2126 * light(r) + .7152 * light(g) + .0722 * light(b); }
function behind(one) {
  // In the drawing: the node that a text stands in, and where it has none, the card.
  const shape = one.ownerSVGElement && one.parentElement.querySelector("rect, .node > path");
  if (shape) return colour(getComputedStyle(shape).fill);
  let under = one;
  while (under && (colour(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0)
    under = under.parentElement;
  return under ? colour(getComputedStyle(under).backgroundColor) : [255, 255, 255];
}
const poor = [];
let count = 0;
for (const one of document.querySelectorAll("body *")) {
  if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
  if (one.getClientRects().length === 0) continue;
  count += 1;
  const look = getComputedStyle(one);
  const [a, b] = [one.ownerSVGElement ? look.fill : look.color].map(colour).concat([behind(one)])
    .map(luminance);
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) poor.push([one.tagName, one.textContent.slice(0, 30), ratio]);
}
return [poor, count > 60, luminance(colour(getComputedStyle(document.body.parentElement)
  .backgroundColor)) < .1];
"""


def prefers(browser, scheme):  # noqa: F811
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})


@pytest.fixture
def busy(console, shown_stack):  # noqa: F811
    """A page with a denial, a fault, a moved clock, and hops of each kind."""
    console.press("slow")
    shown_stack.podid("clock", "advance", "25h")
    shown_stack.run_as(
        ACCOUNT, "aws", "s3", "rm", "s3://your-bucket-name/hello.txt", check=False)
    console.wait("document.querySelector('svg.wide .badge.bad')", 60)
    console.wait("document.querySelector('#clock').innerText.includes('25 h')")
    yield console
    prefers(console.browser, "")
    shown_stack.podid("clock", "reset")
    resize(console.browser, 1280, 720)


def test_light_and_dark_have_contrast_everywhere(busy):
    for scheme in ("light", "dark"):
        prefers(busy.browser, scheme)
        # Arrows change their colour in a quarter of a second; texts do at once.
        assert busy.script(CONTRAST) == [[], True, scheme == "dark"], scheme


def test_the_page_has_its_landmarks_and_its_buttons_words(console):
    assert console.script(
        "return ['header', 'main', 'aside', 'h1'].map((name) =>"
        "document.querySelectorAll(name).length)") == [1, 1, 1, 1]
    assert console.script(
        "return [...document.querySelectorAll('button')].every((one) => one.innerText)")
    assert console.script("return document.querySelector('#event').ariaLive") == "polite"


def test_text_grows_with_the_window_and_fits_it(busy):
    for width, height in SIZES:
        resize(busy.browser, width, height)
        assert busy.script(SMALL, SHARE * height) == [], (width, height)
        assert busy.script(
            "return document.documentElement.scrollWidth <= arguments[0] ? [] :"
            "[...document.querySelectorAll('body *')].filter((one) =>"
            "one.getBoundingClientRect().right > arguments[0]).map((one) => one.outerHTML)",
            width) == [], (width, height)
        # Nothing of the big line is cut off by its card.
        assert busy.script(
            "const card = document.querySelector('#latest').getBoundingClientRect();"
            "return [...document.querySelectorAll('#latest *')].filter((one) =>"
            "one.getBoundingClientRect().right > card.right).map((one) => one.outerHTML)") == []
        if width * 9 == height * 16:
            for part in ("#picture", "#latest", "#denial", "#buttons"):
                assert busy.script("return document.querySelector(arguments[0])"
                                   ".getBoundingClientRect().bottom", part) <= height, part


def test_many_pods_scroll_in_their_card_and_push_nothing_away(own_stack, browser):  # noqa: F811
    console = Console(own_stack).open(browser)
    tops = ("return [...document.querySelectorAll('main > *')].map((one) =>"
            "Math.round(one.getBoundingClientRect().top + scrollY))")
    try:
        console.wait("document.querySelectorAll('#pods b').length === 1")
        for number in range(40):
            make_pod(own_stack, f"pod-{number:02}")
        console.wait("document.querySelectorAll('#pods b').length === 41")
        console.wait("document.querySelector('#event-subject').title.includes('pod-39')", 60)
        assert console.text("#pods-title") == "Pods (41)"
        for width, height in SIZES:
            resize(browser, width, height)
            card, whole = console.script(
                "const list = document.querySelector('#pods');"
                "return [list.clientHeight, list.scrollHeight]")
            assert card < whole and card <= .36 * max(height, 711), (width, height, card)
            full = console.script(tops)
            # The same page with a single pod.
            console.script("window.kept = [...document.querySelectorAll('#pods li')].slice(1);"
                           "for (const one of window.kept) one.remove();")
            alone = console.script(tops)
            console.script("document.querySelector('#pods').append(...window.kept)")
            if width > 1.59 * height:
                assert alone == full, (width, height)
            else:
                assert max(a - b for a, b in zip(full, alone)) <= 14 * .0225 * max(height, 711)
        # By keyboard as well.
        assert console.script("return document.querySelector('#pods').tabIndex") == 0
    finally:
        resize(browser, 1280, 720)
        browser.get("about:blank")
        console.stop()


def test_a_used_link_gets_a_page_that_says_what_to_do(shown_stack, browser):  # noqa: F811
    console = Console(shown_stack).open(browser)
    try:
        browser.get(console.link)
        text = console.text("body")
        for part in ("This link is used up", "What to do", "another tab",
                     "Run podid console again", "Ctrl-C"):
            assert part in text
        for scheme in ("light", "dark"):
            prefers(browser, scheme)
            poor, _, is_dark = console.script(CONTRAST)
            assert (poor, is_dark) == ([], scheme == "dark")
        for width, height in SIZES:
            resize(browser, width, height)
            assert console.script(SMALL, SHARE * height) == []
            assert console.script("return document.documentElement.scrollWidth") <= width
        # The refusal itself is the one thing that the browser's console tells of.
        told = complaints(browser)
        assert len(told) == 1 and "key=" in told[0] and "403" in told[0], told
    finally:
        prefers(browser, "")
        resize(browser, 1280, 720)
        browser.get("about:blank")
        console.stop()
