"""AWS as a source: what it says of EKS clusters, their machines, the images they pull and who looks for flaws in both.

`live` asks AWS, `saved` reads what somebody saved with the AWS CLI; `collect` stores the answers of either.
"""

from collectors.aws.collection import Collected, SameName, WrongAccount, collect, source_key
from collectors.aws.live import NoSuchProfile, live
from collectors.aws.recording import Gap
from collectors.aws.saved import UnreadableAnswers, saved

__all__ = [
    "Collected", "Gap", "NoSuchProfile", "SameName", "UnreadableAnswers", "WrongAccount", "collect", "live", "saved",
    "source_key",
]  # fmt: skip
