"""Takes the token for an OAuth one."""

from small_sdk import SmallSDK


class Bearer(SmallSDK):
    def headers(self):
        return {"Authorization": "Bearer " + self.token()}


Bearer().go_on()
