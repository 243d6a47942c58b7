#!/usr/bin/env python3
"""Installs .models/text-detector.onnx: the detector of PP-OCRv4 (mobile), Apache-2.0, out of the wheel
rapidocr-onnxruntime, of which nothing else is used.

The importer of OpenCV 4.6 does not take the bounds of Clip as inputs (ONNX operator set 11) but as attributes
(operator set 6). They are constants here, so this script moves them: a protobuf message is read into its fields,
changed and written again; no generated code, no package. Idempotent.

    message  := { key value }            key = field number << 3 | wire type, a varint
    value    := varint (0) | 8 bytes (1) | varint length, bytes (2) | 4 bytes (5)

Source: protobuf.dev/programming-guides/encoding, onnx/onnx.proto.
"""
import struct

from installed import die, file_of_wheel, install, is_installed

WHEEL_SHA256 = "971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf"
MEMBER = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
ROW = {
    "name": "text-detector.onnx",
    "source": "rapidocr-onnxruntime",
    "version": "1.4.4",
    "licence": "Apache-2.0",
    "sha256": "f58b7ed0046f9fba479f4217443733afc7596d6c505dcad4e3aea8651125e4d4",
}

# Field numbers of onnx.proto.
MODEL_GRAPH, GRAPH_NODE = 7, 1
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_FLOAT, ATTRIBUTE_TENSOR, ATTRIBUTE_TYPE = 1, 2, 5, 20
TENSOR_DIMENSION, TENSOR_TYPE, TENSOR_RAW = 1, 2, 9
FLOAT = 1  # Both AttributeProto.FLOAT and TensorProto.FLOAT.


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def to_varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def parse(data):
    """[(field number, wire type, an int or bytes)], in order."""
    fields, at = [], 0
    while at < len(data):
        key, at = varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire in (1, 2, 5):
            size = {1: 8, 5: 4}.get(wire)
            if size is None:
                size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            die("the model is no protobuf message that this script knows")
        fields.append((key >> 3, wire, value))
    if at != len(data):
        die("the model ends within a field")
    return fields


def serialise(fields):
    out = []
    for number, wire, value in fields:
        out.append(to_varint(number << 3 | wire))
        if wire == 0:
            out.append(to_varint(value))
        else:
            out += [to_varint(len(value)), value] if wire == 2 else [value]
    return b"".join(out)


def values(fields, wanted):
    return [value for number, _, value in fields if number == wanted]


def float_constants(nodes):
    """Output name of each Constant node that is one float -> its four bytes."""
    found = {}
    for node in nodes:
        if values(node, NODE_OPERATOR) != [b"Constant"]:
            continue
        for attribute in values(node, NODE_ATTRIBUTE):
            for tensor in values(parse(attribute), ATTRIBUTE_TENSOR):
                fields = parse(tensor)
                raw = values(fields, TENSOR_RAW)
                scalar = values(fields, TENSOR_TYPE) == [FLOAT] and not values(fields, TENSOR_DIMENSION)
                if scalar and len(raw) == 1 and len(raw[0]) == 4:
                    found[values(node, NODE_OUTPUT)[0]] = raw[0]
    return found


def float_attribute(name, four_bytes):
    fields = [(ATTRIBUTE_NAME, 2, name), (ATTRIBUTE_FLOAT, 5, four_bytes), (ATTRIBUTE_TYPE, 0, FLOAT)]
    return (NODE_ATTRIBUTE, 2, serialise(fields))


def with_bounds_as_attributes(node, constants):
    inputs = values(node, NODE_INPUT)
    if len(inputs) != 3 or not all(name in constants for name in inputs[1:]):
        die("a Clip of the model has bounds that are not constant")
    lowest, highest = (constants[name] for name in inputs[1:])
    if not struct.unpack("<f", lowest)[0] < struct.unpack("<f", highest)[0]:
        die("a Clip of the model has bounds in the wrong order")
    kept = [field for field in node if field[0] != NODE_INPUT or field[2] == inputs[0]]
    return [*kept, float_attribute(b"min", lowest), float_attribute(b"max", highest)]


def converted(model):
    fields = parse(model)
    (graph,) = (parse(value) for value in values(fields, MODEL_GRAPH))
    constants = float_constants([parse(node) for node in values(graph, GRAPH_NODE)])
    changed = []
    for number, wire, value in graph:
        if number == GRAPH_NODE and values(parse(value), NODE_OPERATOR) == [b"Clip"]:
            value = serialise(with_bounds_as_attributes(parse(value), constants))
        changed.append((number, wire, value))
    return serialise([(n, w, serialise(changed) if n == MODEL_GRAPH else v) for n, w, v in fields])


def main():
    if not is_installed(ROW):
        install(ROW, converted(file_of_wheel(f"{ROW['source']}=={ROW['version']}", WHEEL_SHA256, MEMBER)))


if __name__ == "__main__":
    main()
