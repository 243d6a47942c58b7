// Goal: what libjpeg-turbo leaves behind when it gives up is freed once. Method: a session that fails after
// its output has grown many times over; make sanitize sees what it leaks or frees twice.
#include "pipeline/codec/turbo_session.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr JDIMENSION kSide = 1024;

// Inside guarded(): no object with a destructor.
void write(TurboWriter& writer, const std::vector<JSAMPLE>& noise, bool fails) {
    writer.begin();
    jpeg_compress_struct& info = writer.info();
    info.image_width = kSide;
    info.image_height = kSide;
    info.input_components = 1;
    info.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 100, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < kSide) {
        auto* row = const_cast<JSAMPROW>(noise.data());
        jpeg_write_scanlines(&info, &row, 1);
    }
    if (fails) {
        info.err->error_exit(reinterpret_cast<j_common_ptr>(&info));
    }
    jpeg_finish_compress(&info);
}

std::vector<JSAMPLE> noise() {
    std::mt19937 random{5};
    std::vector<JSAMPLE> row(kSide);
    for (JSAMPLE& sample : row) {
        sample = static_cast<JSAMPLE>(random());
    }
    return row;
}

TEST(TurboWriter, HoldsAStreamThatOutgrewItsFirstMemory) {
    TurboErrors errors;
    TurboWriter writer{errors};
    const std::vector<JSAMPLE> row = noise();
    ASSERT_TRUE(errors.guarded([&] { write(writer, row, false); }));

    const auto stream = writer.written();
    ASSERT_GT(stream.size(), std::size_t{3} << 16U);
    EXPECT_EQ(stream[0], std::byte{0xFF});
    EXPECT_EQ(stream[1], std::byte{0xD8});
    EXPECT_EQ(stream[stream.size() - 2], std::byte{0xFF});
    EXPECT_EQ(stream[stream.size() - 1], std::byte{0xD9});
}

TEST(TurboWriter, AnErrorAfterItGrewFreesOnce) {
    const std::vector<JSAMPLE> row = noise();
    for (int round = 0; round < 4; ++round) {
        TurboErrors errors;
        TurboWriter writer{errors};
        EXPECT_FALSE(errors.guarded([&] { write(writer, row, true); }));
        EXPECT_TRUE(writer.written().empty());
    }
}

}  // namespace
}  // namespace efface::pipeline
