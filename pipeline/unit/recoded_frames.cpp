// See recoded_frames.h.
#include "pipeline/unit/recoded_frames.h"

#include "pipeline/codec/frame_encoder.h"

namespace efface::pipeline {

Result<std::vector<CompressedFrame>> recoded_frames(
    const Original& original, const Samples& samples, std::uint64_t bytes_max
) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    const SampleShape shape = sample_shape(scan.shape);
    const std::uint64_t frame_bytes = samples.image.frame_bytes();
    const std::span<const std::byte> all = samples.bytes;
    std::vector<CompressedFrame> frames;
    std::uint64_t bytes = 0;
    EFFACE_CHECK(for_each_frame(original, scan, [&](std::span<const std::byte> replaced) -> Status {
        const std::uint64_t begin = frames.size() * frame_bytes;
        if (frame_bytes > all.size() - begin) {
            return fail(Fault::kQuarantine, "the frames have not the length of their samples");
        }
        const NewFrame frame{all.subspan(begin, frame_bytes), scan.photometric, replaced};
        EFFACE_TRY(CompressedFrame encoded, encode_frame(*original.syntax, frame, shape));
        bytes += encoded.size();
        if (bytes > bytes_max) {
            return fail(Fault::kQuarantine, "encoded frames are larger than an output may be");
        }
        frames.push_back(std::move(encoded));
        return {};
    }));
    return frames;
}

}  // namespace efface::pipeline
