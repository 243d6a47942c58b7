// A model file in TorchScript, read only if it is the one that is expected: its module, and what it says of
// itself. Included in this folder alone. Thread rule: settles LibTorch for the process (torch_process.h).
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"

#include <c10/core/Device.h>
#include <cstddef>
#include <span>
#include <string>
#include <torch/csrc/jit/api/module.h>

namespace efface::pipeline {

struct TorchScriptFile {
    torch::jit::Module module;
    std::string metadata;  ///< Of its extra file metadata.json; empty: it has none.
};

/// What is said of a file that is not read.
struct TorchScriptRefusals {
    Literal another;     ///< Not the expected one.
    Literal unreadable;  ///< No TorchScript of this LibTorch.
};

/// Fault::kHalt: one of the refusals.
Result<TorchScriptFile> read_torchscript(
    std::span<const std::byte> bytes, const Digest& expected, at::Device device,
    const TorchScriptRefusals& refusals
);

}  // namespace efface::pipeline
