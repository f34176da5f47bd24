"""podid console and its page in a headless Chromium, for the tests of it."""

import signal
import subprocess
import time
from datetime import datetime

import pytest
from browser import complaints, resize, start_browser
from conftest import PODID, start_stack, stop_stack

ACCOUNT = "default/s3-reader-sa"
FETCH = ["aws", "sts", "get-caller-identity"]


class Console:
    """A running console, and its page in the browser."""

    def __init__(self, stack, *flags):
        self.process = subprocess.Popen(
            [PODID, "console", *flags], env=stack.environment, stdout=subprocess.PIPE, text=True)
        self.link = self.process.stdout.readline().strip()
        self.url = self.link.split("/?")[0]
        self.browser = None

    def open(self, browser):
        self.browser = browser
        browser.get_log("browser")
        resize(browser, 1280, 720)
        browser.get(self.link)
        self.page = browser.current_url
        self.wait("document.getElementById('link').textContent === 'live'")
        return self

    def script(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def wait(self, expression, seconds=60):
        """Waits until something of the page is so, and asks again and again.

        Of a script that waited in the page, the driver said now and then after a second that the
        minute it had been given was over.
        """
        from selenium.common.exceptions import TimeoutException

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if found := self.script(f"return {expression}"):
                    return found
            except TimeoutException:
                continue
            time.sleep(0.01)
        raise AssertionError(f"{expression}: {self.text('body')}")

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0]).innerText", selector)

    def press(self, fault):
        self.script("document.querySelector(`[data-fault=${arguments[0]}]`).click()", fault)

    def events(self):
        """The live events on the page: operation, and milliseconds from the event to the DOM."""
        rows = self.script(
            "return [...document.querySelectorAll('#events li[data-live=true]')].map((row) =>"
            "[row.dataset.operation, row.dataset.time, row.dataset.shown, row.dataset.kind])")
        return [(name, int(shown) - datetime.fromisoformat(at).timestamp() * 1000, kind)
                for name, at, shown, kind in rows]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(120)
        rest = self.process.stdout.read()
        self.process.stdout.close()
        assert (code, rest) == (0, ""), (code, rest)


@pytest.fixture(scope="module")
def shown_stack(tmp_path_factory):
    process, stack = start_stack(tmp_path_factory.mktemp("shown"))
    yield stack
    stop_stack(process)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = start_browser(tmp_path_factory.mktemp("browser"))
    browser.set_script_timeout(60)
    yield browser
    browser.quit()


@pytest.fixture
def console(shown_stack, browser):
    console = Console(shown_stack).open(browser)
    yield console
    found = complaints(browser)
    browser.get("about:blank")
    console.stop()
    shown_stack.podid("fault", "clear")
    assert found == []


def make_pod(stack, name):
    """A pod of the seed's ServiceAccount, which stays."""
    stack.api("POST", "/api/v1/namespaces/default/pods", {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"serviceAccountName": ACCOUNT.split("/")[1],
                 "containers": [{"name": "app", "image": "app"}]}})
