// The file that a model's weights lie in, written by scripts/models/. All numbers little endian:
//
//     file   = magic count tensor{count}           nothing follows the last tensor
//     magic  = "EFFTENS1"
//     count  = u32
//     tensor = name_bytes:u16 name rank:u8 extent:u32{rank} value:f32{product of the extents}
//
// Thread rule: pure functions of values.
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace efface::pipeline {

constexpr std::uint64_t kModelBytesMax = 256 * 1024 * 1024;
constexpr std::uint32_t kTensorCountMax = 4096;
constexpr std::uint16_t kTensorNameBytesMax = 256;
constexpr std::uint8_t kTensorRankMax = 8;

struct TensorValues {
    std::vector<std::uint32_t> shape;
    std::vector<float> values;  ///< Row-major, all finite.
};

using TensorFile = std::map<std::string, TensorValues, std::less<>>;

/// Fault::kHalt where the bytes are not exactly such a file. No extent is believed before the bytes that it
/// asks for are known to be there.
Result<TensorFile> parse_tensor_file(std::span<const std::byte> bytes);

/// The whole file, if it is the expected one. Fault::kHalt: it is not there, too large or another one.
Result<std::vector<std::byte>> read_model(const std::string& path, const Digest& expected);

}  // namespace efface::pipeline
