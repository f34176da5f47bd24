"""Keeps its first credentials for ever."""

from small_sdk import SmallSDK


class NeverRefreshes(SmallSDK):
    def left(self):
        return 86_400


NeverRefreshes().go_on()
