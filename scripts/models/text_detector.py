#!/usr/bin/env python3
"""Installs .models/text-detector.bin: the weights of the text detector of PP-OCRv4 (mobile), Apache-2.0, out of the
wheel rapidocr-onnxruntime, of which nothing else is used.

The ONNX file holds a graph of 400 operators, most of which only scale and shift what a convolution gave. Here each
convolution takes in the multiplications, additions and normalisations behind it, which changes nothing but rounding, and
is written in the order of the graph; pipeline/inference/text_network.cpp puts the network together again:

    conv.0.weight   (outputs, inputs of a group, rows, columns)      conv.0.bias   (outputs)
    unit.0          (2): what is multiplied with and added to the hard swish behind that convolution; absent without one
    grow.0.weight   (inputs, outputs, 2, 2)                          grow.0.bias   (outputs)

No generated code, no package: a protobuf message is read into its fields. Idempotent.

    message  := { key value }            key = field number << 3 | wire type, a varint
    value    := varint (0) | 8 bytes (1) | varint length, bytes (2) | 4 bytes (5)

Source: protobuf.dev/programming-guides/encoding, onnx/onnx.proto.
"""
import array
import math
import struct
import sys

from installed import die, file_of_wheel, install, is_installed
from tensors import tensor_file

WHEEL_SHA256 = "971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf"
MEMBER = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
ROW = {
    "name": "text-detector.bin",
    "source": "rapidocr-onnxruntime",
    "version": "1.4.4",
    "licence": "Apache-2.0",
    "sha256": "5db11d32e7f57286d967592575190522ce813bf5e5fe1f0837b92e42f45176ea",
}

# Field numbers of onnx.proto.
MODEL_GRAPH, GRAPH_NODE = 7, 1
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_FLOAT, ATTRIBUTE_TENSOR = 1, 2, 5
TENSOR_DIMENSION, TENSOR_TYPE, TENSOR_RAW = 1, 2, 9
FLOAT = 1  # TensorProto.FLOAT.


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def parse(data):
    """[(field number, an int or bytes)], in order."""
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
        fields.append((key >> 3, value))
    if at != len(data):
        die("the model ends within a field")
    return fields


def values(fields, wanted):
    return [value for number, value in fields if number == wanted]


class Node:
    def __init__(self, data):
        fields = parse(data)
        (self.operator,) = (value.decode() for value in values(fields, NODE_OPERATOR))
        self.inputs = values(fields, NODE_INPUT)
        (self.output,) = values(fields, NODE_OUTPUT)
        self.attributes = {values(one, ATTRIBUTE_NAME)[0]: one for one in map(parse, values(fields, NODE_ATTRIBUTE))}

    def constant(self):
        """(shape, values) of a Constant of floats, else nothing."""
        for attribute in self.attributes.values():
            for tensor in map(parse, values(attribute, ATTRIBUTE_TENSOR)):
                if values(tensor, TENSOR_TYPE) == [FLOAT]:
                    numbers = array.array("f", b"".join(values(tensor, TENSOR_RAW)))
                    if sys.byteorder == "big":
                        numbers.byteswap()
                    return values(tensor, TENSOR_DIMENSION), list(numbers)
        return None


class Graph:
    def __init__(self, model):
        (graph,) = map(parse, values(parse(model), MODEL_GRAPH))
        nodes = [Node(data) for data in values(graph, GRAPH_NODE)]
        self.constants = {node.output: node.constant() for node in nodes if node.operator == "Constant"}
        self.nodes = [node for node in nodes if node.operator != "Constant"]
        self.users = {}
        for node in self.nodes:
            for name in node.inputs:
                self.users.setdefault(name, []).append(node)

    def only_user(self, name):
        users = self.users.get(name, [])
        return users[0] if len(users) == 1 else None

    def number(self, node):
        """What a node multiplies, adds or divides with, where that is one constant number."""
        found = [self.constants[name][1] for name in node.inputs if self.constants.get(name)]
        return found[0][0] if len(found) == 1 and len(found[0]) == 1 else None


class Convolution:
    """One of the graph, with what follows it taken in. `per_output` weights follow one another for each output."""

    def __init__(self, graph, node):
        self.shape, weights = graph.constants[node.inputs[1]]
        self.grows = node.operator == "ConvTranspose"
        self.outputs = self.shape[1] if self.grows else self.shape[0]
        self.weights = list(weights)
        self.bias = [0.0] * self.outputs
        if len(node.inputs) > 2:
            self.bias = list(graph.constants[node.inputs[2]][1])
        self.unit = None
        end = self._take_in(graph, node.output)
        self._take_unit(graph, end)

    def _output_of(self, i):
        """The output that weight i belongs to."""
        per_output = self.shape[2] * self.shape[3]
        return i // per_output % self.outputs if self.grows else i // (len(self.weights) // self.outputs)

    def _scale(self, scales, shifts):
        self.weights = [weight * scales[self._output_of(i)] for i, weight in enumerate(self.weights)]
        self.bias = [bias * scale + shift for bias, scale, shift in zip(self.bias, scales, shifts, strict=True)]

    def _take_in(self, graph, end):
        while (node := graph.only_user(end)) is not None:
            number = graph.number(node)
            if node.operator == "Mul" and number is not None:
                self._scale([number] * self.outputs, [0.0] * self.outputs)
            elif node.operator == "Add" and number is not None:
                self._scale([1.0] * self.outputs, [number] * self.outputs)
            elif node.operator == "Add" and self.grows:
                (added,) = [graph.constants[name][1] for name in node.inputs if name in graph.constants]
                self._scale([1.0] * self.outputs, added)
            elif node.operator == "BatchNormalization":
                gain, offset, mean, variance = (graph.constants[name][1] for name in node.inputs[1:])
                (epsilon,) = struct.unpack("<f", values(node.attributes[b"epsilon"], ATTRIBUTE_FLOAT)[0])
                scales = [g / math.sqrt(v + epsilon) for g, v in zip(gain, variance, strict=True)]
                self._scale(scales, [o - m * s for o, m, s in zip(offset, mean, scales, strict=True)])
            else:
                break
            end = node.output
        return end

    def _take_unit(self, graph, end):
        """x * min(max(x + 3, 0), 6) / 6 and the two numbers behind it."""
        users = {node.operator: node for node in graph.users.get(end, [])}
        if set(users) != {"Add", "Mul"} or graph.number(users["Add"]) != 3.0:
            return
        divided = graph.only_user(users["Mul"].output)
        scaled = graph.only_user(divided.output)
        shifted = graph.only_user(scaled.output)
        if (divided.operator, scaled.operator, shifted.operator) != ("Div", "Mul", "Add") or graph.number(divided) != 6.0:
            die("a hard swish of the model is another one than this script knows")
        self.unit = [graph.number(scaled), graph.number(shifted)]


def tensors_of(model):
    graph = Graph(model)
    tensors, count = {}, {"Conv": 0, "ConvTranspose": 0}
    for node in graph.nodes:
        if node.operator not in count:
            continue
        taken = Convolution(graph, node)
        i = count[node.operator]
        count[node.operator] += 1
        name = f"grow.{i}" if taken.grows else f"conv.{i}"
        tensors[name + ".weight"] = (taken.shape, taken.weights)
        tensors[name + ".bias"] = ([taken.outputs], taken.bias)
        if taken.unit is not None:
            tensors[f"unit.{i}"] = ([2], taken.unit)
    return tensors


def main():
    if not is_installed(ROW):
        model = file_of_wheel(f"{ROW['source']}=={ROW['version']}", WHEEL_SHA256, MEMBER)
        install(ROW, tensor_file(tensors_of(model)))


if __name__ == "__main__":
    main()
