"""Grey PNGs of 8 and 16 bits written and read without a library: what `efface evaluate` takes and what its kits hold."""

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def write_grey(path, samples):
    """uint8 or uint16, (rows, columns)."""
    rows, columns = samples.shape
    bits = samples.dtype.itemsize * 8
    raw = samples.astype(">u2" if bits == 16 else "u1").reshape(rows, -1).view(np.uint8).reshape(rows, -1)
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), raw], axis=1)
    head = struct.pack(">IIBBBBB", columns, rows, bits, 0, 0, 0, 0)
    body = _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)) + _chunk(b"IEND", b"")
    with open(path, "wb") as out:
        out.write(body)


def _unfiltered(lines, step):
    """PNG's five filters (RFC 2083, 6), a line after another."""
    out = np.zeros((len(lines), lines.shape[1] - 1), np.uint8)
    above = np.zeros(out.shape[1], np.uint8)
    for k, line in enumerate(lines):
        kind, given = line[0], line[1:]
        if kind == 2:
            out[k] = given + above
        elif kind == 0:
            out[k] = given
        else:
            out[k] = _along(kind, given.tolist(), above.tolist(), step)
        above = out[k]
    return out


def _along(kind, given, above, step):
    done = []
    for i, value in enumerate(given):
        a = done[i - step] if i >= step else 0
        b, c = above[i], above[i - step] if i >= step else 0
        if kind == 1:
            guess = a
        elif kind == 3:
            guess = (a + b) // 2
        else:
            p = a + b - c
            guess = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        done.append((value + guess) & 255)
    return np.array(done, np.uint8)


def read_grey(path):
    """(rows, columns) of uint8 or uint16. Grey or RGB, of which the first channel is taken; not interlaced."""
    with open(path, "rb") as file:
        data = file.read()
    at, body = len(_SIGNATURE), b""
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        part = data[at + 8:at + 8 + length]
        if name == b"IHDR":
            columns, rows, bits, colour = struct.unpack(">IIBB", part[:10])
        body += part if name == b"IDAT" else b""
        at += 12 + length
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    step = channels * bits // 8
    lines = np.frombuffer(zlib.decompress(body), np.uint8).reshape(rows, -1)
    raw = np.ascontiguousarray(_unfiltered(lines, step))
    samples = raw.view(">u2").astype(np.uint16) if bits == 16 else raw
    return samples.reshape(rows, columns, channels)[:, :, 0]
