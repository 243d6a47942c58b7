"""What scripts/demo.py draws: an instance's frame as 8 bits, and two of them side by side as a PNG. numpy and pydicom come with the
environment that runs it, and are loaded only where there are pictures."""

import struct
import zlib


def frame_of(path):
    """Rows of RGB in 8 bits: the upper ones of the stored bits."""
    import numpy
    import pydicom

    ds = pydicom.dcmread(path)
    pixels = ds.pixel_array >> max(0, int(ds.BitsStored) - 8)
    pixels = pixels.astype(numpy.uint8)
    return pixels if pixels.ndim == 3 else numpy.stack([pixels] * 3, axis=-1)


def write_beside(path, left, right):
    """A PNG (W3C) of 8 bits, RGB, no filter."""
    import numpy

    rows = numpy.concatenate([left, right], axis=1)
    height, width, _ = rows.shape
    raw = b"".join(b"\0" + row.tobytes() for row in rows)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
