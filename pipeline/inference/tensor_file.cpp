#include "pipeline/inference/tensor_file.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <string_view>

namespace efface::pipeline {
namespace {

constexpr std::string_view kMagic = "EFFTENS1";

// Takes numbers and bytes from the front; says "no" instead of reading past the end.
class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes) : rest_{bytes} {}

    bool take(std::uint64_t count, std::span<const std::byte>& taken) {
        if (count > rest_.size()) {
            return false;
        }
        taken = rest_.first(static_cast<std::size_t>(count));
        rest_ = rest_.subspan(taken.size());
        return true;
    }

    template <class Number>
    bool number(Number& value) {
        std::span<const std::byte> bytes;
        if (!take(sizeof value, bytes)) {
            return false;
        }
        value = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            value = static_cast<Number>(value << 8U) | static_cast<Number>(bytes[i]);
        }
        return true;
    }

    std::size_t left() const { return rest_.size(); }

private:
    std::span<const std::byte> rest_;
};

tl::unexpected<Error> broken(Literal text) {
    return fail(Fault::kHalt, text);
}

Result<std::string> take_name(Cursor& cursor) {
    std::uint16_t length = 0;
    std::span<const std::byte> bytes;
    if (!cursor.number(length) || length == 0 || length > kTensorNameBytesMax ||
        !cursor.take(length, bytes)) {
        return broken("a model file holds a tensor without a proper name");
    }
    std::string name;
    for (const std::byte byte : bytes) {
        name.push_back(static_cast<char>(byte));
    }
    return name;
}

// How many values the rest of the file can hold at most bounds the product while it grows.
Result<std::vector<std::uint32_t>> take_shape(Cursor& cursor, std::uint64_t& count) {
    std::uint8_t rank = 0;
    if (!cursor.number(rank) || rank > kTensorRankMax) {
        return broken("a model file holds a tensor of too many dimensions");
    }
    std::vector<std::uint32_t> shape(rank);
    const std::uint64_t count_max = cursor.left() / sizeof(float);
    count = 1;
    for (std::uint32_t& extent : shape) {
        if (!cursor.number(extent) || extent == 0 || extent > count_max / count) {
            return broken("a model file holds a tensor larger than itself");
        }
        count *= extent;
    }
    return shape;
}

Result<std::vector<float>> take_values(Cursor& cursor, std::uint64_t count) {
    std::span<const std::byte> bytes;
    if (!cursor.take(count * sizeof(float), bytes)) {
        return broken("a model file ends within a tensor");
    }
    std::vector<float> values(static_cast<std::size_t>(count));
    static_assert(std::endian::native == std::endian::little, "values are copied as they lie");
    std::memcpy(values.data(), bytes.data(), bytes.size());
    for (const float value : values) {
        if (!std::isfinite(value)) {
            return broken("a model file holds a value that is no number");
        }
    }
    return values;
}

}  // namespace

Result<TensorFile> parse_tensor_file(std::span<const std::byte> bytes) {
    Cursor cursor{bytes};
    std::span<const std::byte> magic;
    std::uint32_t tensor_count = 0;
    if (!cursor.take(kMagic.size(), magic) || std::memcmp(magic.data(), kMagic.data(), kMagic.size()) != 0) {
        return broken("a model file does not begin with EFFTENS1");
    }
    if (!cursor.number(tensor_count) || tensor_count > kTensorCountMax) {
        return broken("a model file holds too many tensors");
    }
    TensorFile file;
    for (std::uint32_t i = 0; i < tensor_count; ++i) {
        EFFACE_TRY(const std::string name, take_name(cursor));
        std::uint64_t count = 0;
        TensorValues tensor;
        EFFACE_TRY(tensor.shape, take_shape(cursor, count));
        EFFACE_TRY(tensor.values, take_values(cursor, count));
        if (!file.emplace(name, std::move(tensor)).second) {
            return broken("a model file holds a name twice");
        }
    }
    if (cursor.left() != 0) {
        return broken("a model file goes on after its last tensor");
    }
    return file;
}

Result<std::vector<std::byte>> read_model(const std::string& path, const Digest& expected) {
    std::ifstream in{path, std::ios::binary | std::ios::ate};
    const std::streamoff size = in ? static_cast<std::streamoff>(in.tellg()) : -1;
    if (size < 0) {
        return fail(Fault::kHalt, "a model file cannot be opened; scripts/setup.sh installs it");
    }
    if (static_cast<std::uint64_t>(size) > kModelBytesMax) {
        return fail(Fault::kHalt, "a model file is too large", Where::number(size));
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    in.seekg(0);
    if (!in.read(reinterpret_cast<char*>(bytes.data()), size)) {
        return fail(Fault::kHalt, "a model file cannot be read");
    }
    if (sha256(bytes) != expected) {
        return fail(Fault::kHalt, "a model file is not the one that this version was measured with");
    }
    return bytes;
}

}  // namespace efface::pipeline
