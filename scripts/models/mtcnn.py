#!/usr/bin/env python3
"""Installs the weights of the MTCNN face detector (Zhang et al. 2016) as .models/mtcnn.bin.

They are taken from the wheel facenet-pytorch 2.6.0 (MIT): three files of torch.save's format before 1.6, which
are pickles. They are read here without torch by an unpickler that knows the three names such a file needs and
refuses every other. Idempotent. What is written: tensors.py.
"""
import array
import collections
import io
import pickle
import struct
import sys

from installed import die, file_of_wheel, install, is_installed
from tensors import tensor_file

WHEEL_SHA256 = "ecb82b27beb226d106f2219efe8f829b01b87a8595badd01545679bdb9f19cca"
ROW = {
    "name": "mtcnn.bin",
    "source": "facenet-pytorch",
    "version": "2.6.0",
    "licence": "MIT",
    "sha256": "40422cd00bce8afa0fb4248c572da9ba5368adf6f3457bf381112aa17349ff5d",
}
TORCH_MAGIC = 0x1950A86A20F9469CFC6C
TORCH_PROTOCOL = 1001
FLOAT_BYTES = 4

Tensor = collections.namedtuple("Tensor", "storage offset shape stride")


def rebuild_tensor(storage, offset, shape, stride, *_):
    """What such a file calls torch._utils._rebuild_tensor_v2."""
    return Tensor(storage, offset, shape, stride)


class StateUnpickler(pickle.Unpickler):
    KNOWN = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
        ("torch", "FloatStorage"): "float",
    }

    def find_class(self, module, name):
        if (module, name) not in self.KNOWN:
            raise pickle.UnpicklingError(f"a state dictionary has no use for {module}.{name}")
        return self.KNOWN[(module, name)]

    def persistent_load(self, identity):
        kind, storage_type, key, _location, _count, view = identity
        if (kind, storage_type, view) != ("storage", "float", None):
            raise pickle.UnpicklingError("a storage of an unknown kind")
        return key


def places(offset, shape, stride):
    """Where the values of a tensor lie in its storage, row-major."""
    found = [offset]
    for extent, step in zip(shape, stride, strict=True):
        found = [place + step * i for place in found for i in range(extent)]
    return found


def read_state(content):
    """name -> (shape, values) of a state dictionary in torch's format before 1.6."""
    stream = io.BytesIO(content)
    magic, protocol, system, state, keys = (StateUnpickler(stream).load() for _ in range(5))
    if magic != TORCH_MAGIC or protocol != TORCH_PROTOCOL or not system["little_endian"]:
        die("the weights are not in the format of torch.save before 1.6")
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", stream.read(8))
        values = array.array("f", stream.read(count * FLOAT_BYTES))
        if sys.byteorder == "big":
            values.byteswap()
        storages[key] = values
    out = {}
    for name, tensor in state.items():
        values = storages[tensor.storage]
        out[name] = (tensor.shape, [values[i] for i in places(tensor.offset, tensor.shape, tensor.stride)])
    return out


def main():
    if is_installed(ROW):
        return
    tensors = {}
    for network in ("pnet", "rnet", "onet"):
        member = f"facenet_pytorch/data/{network}.pt"
        state = read_state(file_of_wheel(f"{ROW['source']}=={ROW['version']}", WHEEL_SHA256, member))
        tensors |= {f"{network}.{name}": tensor for name, tensor in state.items()}
    install(ROW, tensor_file(tensors))


if __name__ == "__main__":
    main()
