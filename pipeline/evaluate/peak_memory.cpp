#include "pipeline/evaluate/peak_memory.h"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace efface::pipeline {
namespace {

constexpr std::string_view kField = "VmHWM:";
constexpr std::uint64_t kBytesPerKilobyte = 1024;
constexpr std::size_t kStatusBytesMax = 8192;

}  // namespace

PeakMemory::PeakMemory() : status_{::open("/proc/self/status", O_RDONLY | O_CLOEXEC)} {}

std::uint64_t PeakMemory::bytes() const {
    std::array<char, kStatusBytesMax> read{};
    const ssize_t length = ::pread(status_.get(), read.data(), read.size(), 0);
    std::string_view text{read.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
    const std::size_t at = text.find(kField);
    if (at == std::string_view::npos) {
        return 0;
    }
    text.remove_prefix(at + kField.size());
    const std::size_t digits = text.find_first_not_of(" \t");
    std::uint64_t kilobytes = 0;
    if (digits != std::string_view::npos) {
        std::from_chars(text.data() + digits, text.data() + text.size(), kilobytes);
    }
    return kilobytes * kBytesPerKilobyte;
}

}  // namespace efface::pipeline
