"""Reads the codes of one grey, upright photograph: cheap views first, more until all that looks like bars is read."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from PIL import Image, ImageFilter, ImageOps

from server.scanning.photos.bars import Place, places
from server.scanning.photos.lines import BANDS, averaged, two_of_five
from server.scanning.photos.readers import ask_zbar, ask_zxing
from server.scanning.photos.readings import Box, Reading
from server.scanning.photos.views import View, turned
from server.scanning.photos.votes import Code, Votes

# A step on a larger picture would take too much of the time at once.
STEP_PX = 1_600_000
MOST_PLACES = 8
# Bars are read best where the narrowest is some pixels wide: a code of a hundred modules gets about this length.
CROP_PX = 640
LARGEST_SCALE = 4.0
WORTH_MORE = 0.4
# An add-on stands beside its code, and is half as long.
ADDON_ROOM = 0.65

# A view and what a reader said about it.
Seen = Iterator[tuple[View, Reading]]
Step = Callable[[], Seen]


class Clock:
    """A step begins only if one like the longest of late would still end in time."""

    def __init__(self, budget_s: float) -> None:
        self._began = time.monotonic()
        self._end = self._began + budget_s
        # One step that had to wait for the machine does not take the time of all others.
        self._most_kept_s = 0.25 * budget_s
        self._longest_s = 0.0

    def may_go_on(self) -> bool:
        now = time.monotonic()
        self._longest_s = max(0.8 * self._longest_s, now - self._began)
        self._began = now
        return now + min(2 * self._longest_s, self._most_kept_s) < self._end


def read_codes(photograph: Image.Image, budget_s: float) -> list[Code]:
    """`photograph` is grey ("L") and upright. Takes no longer than `budget_s`, within one small step."""
    clock, votes = Clock(budget_s), Votes()
    factor = min(1.0, (STEP_PX / (photograph.width * photograph.height)) ** 0.5)
    whole = View(photograph).scaled(factor, Image.Resampling.BOX)
    found = places(photograph)[:MOST_PLACES]
    for number, step in enumerate(_steps(photograph, whole, found, votes)):
        if not clock.may_go_on():
            break
        for view, reading in step():
            votes.take(replace(reading, box=view.back(reading.box)), number)
    return votes.codes()


def _steps(photograph: Image.Image, whole: View, found: list[Place], votes: Votes) -> Iterator[Step]:
    yield partial(_both, whole)
    for tries in (slice(2), slice(2, None)):
        for place in found:
            # Beside a code that was read, faint bars are more often cloth, wood or print.
            if tries.start and votes.codes() and place.weight < WORTH_MORE * found[0].weight:
                continue
            for crop in islice(_crops(photograph, place), tries.start, tries.stop):
                if votes.settled(place.box):
                    break
                yield partial(_bars, crop)
    for place in found:
        if votes.awaits_addon(place.box):
            yield partial(_bars, partial(place.view, photograph, _scale(place), room=ADDON_ROOM))
            yield partial(_bars, partial(_wide_and_sharp, photograph, place))
    if votes.codes():
        return
    for view in _parts(photograph, whole):
        yield partial(_both, view)
    if votes.codes():
        return
    for again in _by_force(whole, found):
        if votes.codes():
            return
        yield partial(_both, again)


def _both(view: View) -> Seen:
    for reading in ask_zxing(view.picture):
        yield view, reading
    for reading in ask_zbar(view.picture):
        yield view, reading


def _bars(make: Callable[[], View]) -> Seen:
    """Of upright bars: nothing but lines, and those in one direction."""
    view = make()
    for reading in ask_zxing(view.picture, only_lines=True, is_turned=False):
        yield view, reading
    for reading in ask_zbar(view.picture):
        yield view, reading
    box: Box = (view.picture.width * 0.1, 0, view.picture.width * 0.9, view.picture.height)
    for text in two_of_five(view.picture):
        yield view, Reading("ITF", text, "scan-lines", box)


def _scale(place: Place) -> float:
    return min(LARGEST_SCALE, max(1.0, CROP_PX / place.length), 2 * CROP_PX / place.length)


def _wide_and_sharp(photograph: Image.Image, place: Place) -> View:
    scale = 1.4 * _scale(place)
    return _sharpened(place.view(photograph, scale, room=ADDON_ROOM), 2 * scale)


def _crops(photograph: Image.Image, place: Place) -> Iterator[Callable[[], View]]:
    scale = _scale(place)
    yield partial(place.view, photograph, scale)
    yield lambda: _evened(place.view(photograph, scale))
    yield lambda: _sharpened(place.view(photograph, scale), 2 * scale)
    yield lambda: _sharpened(_evened(place.view(photograph, 2 * scale)), 4 * scale)
    yield partial(place.view, photograph, scale, 2.5)
    yield partial(place.view, photograph, scale, -2.5)
    yield partial(place.view, photograph, scale / 2)
    yield lambda: _sharpened(_evened(place.view(photograph, scale)), 6)


def _evened(view: View) -> View:
    """Each band of rows as its mean: noise and small damage go, upright bars stay."""
    lines = Image.fromarray(averaged(view.picture, BANDS).round().clip(0, 255).astype("uint8"))
    return view.changed(lines.resize((view.picture.width, BANDS * 12), Image.Resampling.NEAREST))


def _sharpened(view: View, radius_px: float, percent: int = 250) -> View:
    return view.changed(view.picture.filter(ImageFilter.UnsharpMask(radius_px, percent, 0)))


def _parts(photograph: Image.Image, whole: View) -> Iterator[View]:
    """A large photograph in parts, as large as it was taken."""
    if photograph.width * photograph.height <= 1.2 * STEP_PX:
        return
    side = int(STEP_PX**0.5)
    for top in range(0, photograph.height, side * 3 // 4):
        for left in range(0, photograph.width, side * 3 // 4):
            box = left, top, min(left + side, photograph.width), min(top + side, photograph.height)
            yield View(photograph.crop(box), (1, 0, left, 0, 1, top))


def _by_force(whole: View, found: list[Place]) -> Iterator[View]:
    picture = whole.picture
    yield whole.changed(ImageOps.autocontrast(picture, cutoff=2))
    yield _sharpened(whole, 2)
    if picture.width * picture.height * 4 <= STEP_PX:
        yield whole.scaled(2)
        yield _sharpened(whole.scaled(2), 4)
    yield whole.scaled(0.5)
    yield whole.changed(ImageOps.invert(picture))
    yield whole.changed(ImageOps.equalize(picture))
    yield whole.changed(picture.filter(ImageFilter.MedianFilter(3)))
    for degrees in (*(place.degrees for place in found[:3]), 45, -22, 22):
        around = turned(picture, degrees)
        yield around
        yield _sharpened(around, 2)
