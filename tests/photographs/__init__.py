"""Photographs of codes, made by a script from a seed: rendered, laid on a surface and spoilt as hands and lamps do."""
