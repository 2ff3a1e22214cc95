"""A release: every file a phone is given, under one id that is the hash of them all, written once and never changed.

`build_release` makes it at start-up, in a moment where nothing changed; `answers` says what is sent for an address.
"""

from server.releases.answers import Answer, ReleaseShelf, manifest_answer, service_worker_answer
from server.releases.building import OFFLINE_TEMPLATES, Release, build_release
from server.releases.contents import ReleaseRefused

__all__ = [
    "OFFLINE_TEMPLATES",
    "Answer",
    "Release",
    "ReleaseRefused",
    "ReleaseShelf",
    "build_release",
    "manifest_answer",
    "service_worker_answer",
]
