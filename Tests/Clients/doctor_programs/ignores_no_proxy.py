"""Asks the proxy for everything, the agent included."""

import os
import urllib.request

from small_sdk import SmallSDK


class IgnoresNoProxy(SmallSDK):
    def opener(self):
        # urllib heeds NO_PROXY, unless it is not told of it.
        for name in ("NO_PROXY", "no_proxy"):
            os.environ.pop(name, None)
        return urllib.request.build_opener(urllib.request.ProxyHandler())


IgnoresNoProxy().go_on()
