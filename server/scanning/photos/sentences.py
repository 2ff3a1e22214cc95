"""Why a photograph was not read, for a terminal; pages say it with `web/sentences.html`."""

from typing import Final

SENTENCES: Final = {
    "photo_missing": "No photo was chosen.",
    "photo_empty": "The file is empty.",
    "photo_too_large": "The file is larger than 25 MB.",
    "photo_too_many_pixels": "The picture has more pixels than can be read. Take it with fewer, or cut out the code.",
    "photo_too_small": "The picture is too small to hold a code.",
    "photo_kind": "This is no photo that can be read: JPEG, PNG, WebP and HEIC are.",
    "photo_broken": "The picture is damaged or not whole.",
    "photo_moving": "The picture moves. Take a single photo.",
    "photo_too_slow": "Reading the picture took too long. Take it nearer to the code.",
    "photo_reader_died": "The picture could not be read.",
    "photo_busy": "Many photos are being read at the moment. Send it again in a minute.",
}
