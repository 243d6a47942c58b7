"""The file that weights are written to, read by pipeline/inference/tensor_file.h. All numbers little endian, values
row-major:

    file   = magic count tensor{count}           nothing follows the last tensor
    magic  = "EFFTENS1"
    count  = u32
    tensor = name_bytes:u16 name rank:u8 extent:u32{rank} value:f32{product of the extents}
    name   = ASCII, "pnet.conv1.weight"
"""
import struct


def tensor_file(tensors):
    """`tensors`: name -> (shape, values)."""
    out = [b"EFFTENS1", struct.pack("<I", len(tensors))]
    for name, (shape, values) in sorted(tensors.items()):
        out.append(struct.pack("<H", len(name)) + name.encode("ascii"))
        out.append(struct.pack(f"<B{len(shape)}I", len(shape), *shape))
        out.append(struct.pack(f"<{len(values)}f", *values))
    return b"".join(out)
