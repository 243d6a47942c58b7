"""From a network to a TorchScript file of one of Efface's contracts (docs/training.md): frozen, with metadata.json as an extra
file, and the noise that self-tests are made of."""

import hashlib
import io
import json
import zipfile

import numpy as np
import torch

GENERATOR = "lcg-1664525-1013904223-top-byte"


def top_bytes(count, state=1):
    """A linear congruential generator (Numerical Recipes' constants), its top byte as a sample of 0 to 1."""
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % (1 << 32)
        values.append((state >> 24) / 255)
    return np.array(values, np.float32)


def frozen(network):
    """Weights are constants, batch normalisation is folded into the convolutions."""
    network = network.eval().float().cpu().to(memory_format=torch.contiguous_format)
    return torch.jit.freeze(torch.jit.script(network))


def without_traces(archive):
    """The archive without the source lines and paths that TorchScript keeps for its error messages."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as kept:
        for name in given.namelist():
            if not name.endswith(".debug_pkl"):
                kept.writestr(zipfile.ZipInfo(name), given.read(name))
    return out.getvalue()


def write(path, module, metadata):
    """Returns the file's SHA-256."""
    buffer = io.BytesIO()
    torch.jit.save(module, buffer, _extra_files={"metadata.json": json.dumps(metadata, indent=1).encode()})
    data = without_traces(buffer.getvalue())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()
