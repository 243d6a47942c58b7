// See rle_samples.h.
#include "pipeline/gate/rle_samples.h"

namespace efface::pipeline {
namespace {

constexpr std::size_t kHeaderBytes = 64;

std::uint64_t offset_at(std::span<const std::byte> frame, std::size_t index) {
    const auto* at = frame.data() + 4 * index;
    return static_cast<std::uint64_t>(at[0]) | static_cast<std::uint64_t>(at[1]) << 8U |
           static_cast<std::uint64_t>(at[2]) << 16U | static_cast<std::uint64_t>(at[3]) << 24U;
}

// One byte of the plane after another.
class Expansion {
public:
    explicit Expansion(std::span<const std::byte> segment) : segment_{segment} {}

    bool next(std::byte& byte) {
        while (left_ == 0) {
            if (segment_.size() < 2) {
                return false;
            }
            const int control = static_cast<std::int8_t>(segment_[0]);
            segment_ = segment_.subspan(1);
            repeats_ = control < 0;
            left_ = control == -128 ? 0 : static_cast<std::size_t>(repeats_ ? 1 - control : 1 + control);
        }
        if (segment_.empty()) {
            return false;
        }
        byte = segment_[0];
        --left_;
        if (!repeats_ || left_ == 0) {
            segment_ = segment_.subspan(1);
        }
        return true;
    }

    bool between_runs() const { return left_ == 0; }

private:
    std::span<const std::byte> segment_;
    std::size_t left_ = 0;
    bool repeats_ = false;
};

}  // namespace

Result<std::vector<std::byte>> rle_samples(std::span<const std::byte> frame, const RlePlanes& planes) {
    const std::uint64_t pixel_bytes = planes.samples * planes.sample_bytes;
    if (frame.size() < kHeaderBytes || pixel_bytes > 15 || offset_at(frame, 0) != pixel_bytes) {
        return fail(Fault::kQuarantine, "gate: an RLE frame has not its segments", Where::tag(0x7FE00010));
    }
    std::vector<std::byte> samples(planes.pixels * pixel_bytes);
    for (std::uint64_t segment = 0; segment < pixel_bytes; ++segment) {
        const std::uint64_t begin = offset_at(frame, segment + 1);
        const std::uint64_t end = segment + 1 < pixel_bytes ? offset_at(frame, segment + 2) : frame.size();
        if (begin < kHeaderBytes || begin >= end || end > frame.size()) {
            return fail(Fault::kQuarantine, "gate: RLE segments overlap", Where::tag(0x7FE00010));
        }
        Expansion bytes{frame.subspan(begin, end - begin)};
        // The most significant byte of a sample has the first segment.
        const std::uint64_t sample = segment / planes.sample_bytes;
        const std::uint64_t place = (sample + 1) * planes.sample_bytes - 1 - segment % planes.sample_bytes;
        bool whole = true;
        for (std::uint64_t pixel = 0; whole && pixel < planes.pixels; ++pixel) {
            whole = bytes.next(samples[pixel * pixel_bytes + place]);
        }
        if (!whole || !bytes.between_runs()) {
            return fail(Fault::kQuarantine, "gate: an RLE segment is no plane", Where::tag(0x7FE00010));
        }
    }
    return samples;
}

}  // namespace efface::pipeline
