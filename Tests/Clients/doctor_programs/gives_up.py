"""Ends at the first 500."""

import sys

from small_sdk import SmallSDK


class GivesUp(SmallSDK):
    def failed(self, status):
        if status == 500:
            sys.exit("the agent is broken")


GivesUp().go_on()
