"""The checkup shows whether a device can do its work: camera, scanner, sound, storage, clock, and what to do if not.

The hub knows none of it: the page's scripts look, on the device itself, with and without a network.
"""
