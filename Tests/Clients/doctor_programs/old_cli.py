"""As a CLI of 2022: it knows no token, and no address but loopback. It makes one call and ends."""

from small_sdk import SmallSDK


class OldCLI(SmallSDK):
    hosts = ("127.0.0.1", "169.254.170.2")

    def headers(self):
        return {"Accept": "application/json"}


OldCLI().call()
