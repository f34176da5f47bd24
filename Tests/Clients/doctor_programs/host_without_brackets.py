"""Writes an IPv6 address into the Host field without brackets and port, as the CRT does."""

import urllib.parse

from small_sdk import SmallSDK


class HostWithoutBrackets(SmallSDK):
    def headers(self):
        return {**super().headers(), "Host": urllib.parse.urlsplit(self.url).hostname}


HostWithoutBrackets().go_on()
