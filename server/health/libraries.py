"""Libraries of the system that a package needs and an installation of packages does not bring."""

from importlib import import_module


def missing_libraries() -> list[str]:
    """One sentence for each that is missing; everything else works without them."""
    try:
        import_module("pyzbar.pyzbar")
    except (ImportError, OSError):
        return [
            "The barcode library libzbar is not installed, so photographs are read by one reader instead of two, "
            "which reads fewer of them (on Debian and Ubuntu: apt install libzbar0)."
        ]
    return []
