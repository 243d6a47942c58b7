#include "tests/unit/pipeline/find/yunet_file.h"

#include <cmath>
#include <cstring>
#include <vector>

namespace efface::testing {
namespace {

/// Protocol Buffers: a key, then a number, or a length and bytes.
class Message {
public:
    Message& number(int field, std::uint64_t value) {
        varint(static_cast<std::uint64_t>(field) << 3U);
        varint(value);
        return *this;
    }

    Message& bytes(int field, std::string_view value) {
        varint(static_cast<std::uint64_t>(field) << 3U | 2U);
        varint(value.size());
        text_ += value;
        return *this;
    }

    Message& add(int field, const Message& value) { return bytes(field, value.text_); }

    const std::string& text() const { return text_; }

private:
    void varint(std::uint64_t value) {
        for (; value > 127; value >>= 7U) {
            text_ += static_cast<char>((value & 127U) | 128U);
        }
        text_ += static_cast<char>(value);
    }

    std::string text_;
};

Message tensor(std::string_view name, std::vector<std::uint64_t> shape, const std::vector<float>& values) {
    Message made;
    for (const std::uint64_t extent : shape) {
        made.number(1, extent);
    }
    std::string raw(values.size() * sizeof(float), '\0');
    std::memcpy(raw.data(), values.data(), raw.size());
    return made.number(2, 1).bytes(8, name).bytes(9, raw);
}

Message value_info(std::string_view name, std::vector<std::uint64_t> shape) {
    Message extents;
    for (const std::uint64_t extent : shape) {
        extents.add(1, Message{}.number(1, extent));
    }
    return Message{}.bytes(1, name).add(2, Message{}.add(1, Message{}.number(1, 1).add(2, extents)));
}

Message node(std::string_view kind, std::vector<std::string> inputs, std::string_view output) {
    Message made;
    for (const std::string& input : inputs) {
        made.bytes(1, input);
    }
    return made.bytes(2, output).bytes(3, output).bytes(4, kind);
}

/// One output: fixed values, but for one that is the picture's mean over 255.
struct Output {
    std::string name;
    std::vector<float> values;
    std::size_t bright = SIZE_MAX;
};

std::string graph_of(const std::vector<Output>& outputs) {
    Message graph;
    graph.add(1, node("GlobalAveragePool", {"input"}, "mean")).add(1, node("Flatten", {"mean"}, "levels"));
    for (const Output& output : outputs) {
        Message gemm = node("Gemm", {"levels", output.name + "_w", output.name + "_b"}, output.name);
        graph.add(1, gemm.add(5, Message{}.bytes(1, "transB").number(3, 1).number(20, 2)));
    }
    graph.bytes(2, "yunet");
    for (const Output& output : outputs) {
        const std::size_t count = output.values.size();
        std::vector<float> weights(3 * count, 0.0F);
        if (output.bright != SIZE_MAX) {
            weights[3 * output.bright] = 1.0F / 255.0F;  // Of the first channel.
        }
        graph.add(5, tensor(output.name + "_w", {count, 3}, weights));
        graph.add(5, tensor(output.name + "_b", {count}, output.values));
    }
    graph.add(11, value_info("input", {1, 3, 640, 640}));
    for (const Output& output : outputs) {
        graph.add(12, value_info(output.name, {1, output.values.size()}));
    }
    return Message{}.number(1, 7).add(8, Message{}.number(2, 11)).add(7, graph).text();
}

std::vector<Output> cells() {
    std::vector<Output> outputs;
    for (const std::size_t stride : {8, 16, 32}) {
        const std::size_t count = (640 / stride) * (640 / stride);
        const std::string end = std::to_string(stride);
        const std::size_t face = stride == 16 ? 20 * 40 + 10 : SIZE_MAX;
        outputs.push_back({"cls_" + end, std::vector<float>(count, 0.0F), face});
        outputs.push_back({"obj_" + end, std::vector<float>(count, 1.0F)});
        Output boxes{"bbox_" + end, std::vector<float>(4 * count, 0.0F)};
        if (face != SIZE_MAX) {
            const float box[4] = {0.5F, 0.5F, std::log(4.0F), std::log(6.0F)};
            std::ranges::copy(box, boxes.values.begin() + static_cast<std::ptrdiff_t>(4 * face));
        }
        outputs.push_back(std::move(boxes));
    }
    return outputs;
}

std::vector<Output> priors() {
    constexpr std::size_t kPriors = 23'500;
    // The larger of both on column 10 and row 20 of stride 16: 48 pixels around (168, 328).
    constexpr std::size_t kFace = 80 * 80 * 3 + (20 * 40 + 10) * 2 + 1;
    Output loc{"loc", std::vector<float>(14 * kPriors, 0.0F)};
    loc.values[14 * kFace + 2] = std::log(64.0F / 48.0F) / 0.2F;
    loc.values[14 * kFace + 3] = std::log(96.0F / 48.0F) / 0.2F;
    return {
        std::move(loc), Output{"conf", std::vector<float>(2 * kPriors, 0.0F), 2 * kFace + 1},
        Output{"iou", std::vector<float>(kPriors, 1.0F)}};
}

}  // namespace

std::string yunet_file(YunetLayout layout) {
    switch (layout) {
        case YunetLayout::kCells:
            return graph_of(cells());
        case YunetLayout::kPriors:
            return graph_of(priors());
        case YunetLayout::kNone:
            break;
    }
    return graph_of({{"map", std::vector<float>(16, 0.0F)}});
}

}  // namespace efface::testing
