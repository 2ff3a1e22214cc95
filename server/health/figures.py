"""What is counted for Prometheus; written from where it happens, read at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("stockhand_requests", "Requests answered", ["method", "status"])
REQUEST_SECONDS = Histogram(
    "stockhand_request_seconds",
    "Time to answer a request, by the pattern of its address",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
SIGN_INS = Counter("stockhand_sign_ins", "Attempts to sign in", ["outcome"])
OPERATIONS = Counter("stockhand_operations", "Operations that came in by the door", ["kind", "status"])
LIVE_STREAMS = Gauge("stockhand_live_streams", "Phones that listen on /sync/live")


def count_request(method: str, route: str, status: int, took_s: float) -> None:
    """`route` is a pattern of this program, or "" where none matched: never a visitor's own text."""
    REQUESTS.labels(method if method in KNOWN_METHODS else "other", str(status)).inc()
    # A live stream lasts as long as the phone is awake, and says nothing of how fast answers are.
    if route != "/sync/live":
        REQUEST_SECONDS.labels(route).observe(took_s)


KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})
