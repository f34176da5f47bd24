"""A headless Chromium for pages that podid serves; it reaches nothing but loopback."""

import os
import shutil

import pytest


def start_browser(folder):
    """The browser; skips by name where the machine has none."""
    for name in ("chromium", "chromedriver"):
        if shutil.which(name) is None:
            pytest.skip(f"no {name} on this machine: the page of podid console is untested")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for word in (
        "headless=new", "no-first-run", "disable-gpu", "disable-dev-shm-usage",
        "disable-background-networking", "disable-component-update", "disable-sync",
        "no-default-browser-check", "disable-extensions", "no-proxy-server",
        "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        # Animations go on at their pace whether or not a screen would show them.
        "disable-renderer-backgrounding", f"user-data-dir={folder}/profile",
    ):
        options.add_argument("--" + word)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return webdriver.Chrome(
        options=options, service=Service(shutil.which("chromedriver"), env=environment))


def resize(browser, width, height):
    """Gives the page a viewport of this size, smaller than a window can be."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})


def complaints(browser):
    """What the browser's console holds: errors of scripts, of loading, and of the policy."""
    return [entry["message"] for entry in browser.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")]
