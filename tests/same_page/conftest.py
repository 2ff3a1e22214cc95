from tests.simulation.fixtures import proof, release

__all__ = ["proof", "release"]
