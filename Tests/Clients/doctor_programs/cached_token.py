"""Reads the token file once."""

from small_sdk import SmallSDK


class CachedToken(SmallSDK):
    known = None

    def token(self):
        if self.known is None:
            self.known = super().token()
        return self.known


CachedToken().go_on()
