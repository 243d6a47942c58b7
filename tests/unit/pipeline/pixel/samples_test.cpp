// Goal: a frame read alone is the frame that stands among all. Method: cines of every storage, seeded noise,
// odd sizes so that frames begin within bytes and words.
#include "pipeline/pixel/samples.h"

#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using pipeline::SampleReader;
using rules::Vr;

constexpr std::uint32_t kSeed = 20262;
constexpr std::uint16_t kRows = 7;
constexpr std::uint16_t kColumns = 13;
constexpr std::size_t kFrames = 5;

DicomWriter attributes(std::uint16_t allocated, bool big_endian, std::uint16_t samples = 1) {
    DicomWriter data{true, big_endian};
    data.us(0x00280002, samples).element(0x00280004, Vr::CS, samples == 1 ? "MONOCHROME2" : "YBR_FULL_422");
    if (samples == 3) {
        data.us(0x00280006, 0);
    }
    data.element(0x00280008, Vr::IS, std::to_string(kFrames))
        .us(0x00280010, kRows)
        .us(0x00280011, kColumns)
        .us(0x00280100, allocated)
        .us(0x00280101, allocated)
        .us(0x00280102, static_cast<std::uint16_t>(allocated - 1))
        .us(0x00280103, 0);
    return data;
}

std::string noise(std::size_t bytes) {
    std::mt19937 random{kSeed};
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) {
        text += static_cast<char>(random());
    }
    return text;
}

void expect_frames_of_all(const DicomWriter& data, std::string_view syntax) {
    const rules::TransferSyntax& row = *rules::find_transfer_syntax(syntax);
    const auto all = pipeline::read_samples(data.bytes(), row);
    const auto reader = SampleReader::open(data.bytes(), row);
    ASSERT_TRUE(all.has_value() && reader.has_value());
    const std::size_t frame_bytes = all->image.frame_bytes();
    ASSERT_EQ(all->bytes.size(), kFrames * frame_bytes);
    EXPECT_EQ(reader->image().one_frame().bytes(), frame_bytes);
    for (const std::size_t k : {4U, 0U, 2U, 3U, 1U}) {
        const auto frame = reader->frame(k);
        ASSERT_TRUE(frame.has_value());
        EXPECT_TRUE(std::ranges::equal(*frame, std::span{all->bytes}.subspan(k * frame_bytes, frame_bytes)))
            << k;
        const auto alone = reader->image().one_frame().picture(*frame, 0, *frame);
        EXPECT_EQ(alone.samples, all->image.picture(all->bytes, k, all->bytes).samples) << k;
    }
}

TEST(SampleReader, ReadsNativeFramesOneByOne) {
    for (const bool big_endian : {false, true}) {
        for (const std::uint16_t allocated : std::array<std::uint16_t, 3>{1, 8, 16}) {
            SCOPED_TRACE(::testing::Message() << allocated << (big_endian ? " big" : " little"));
            DicomWriter data = attributes(allocated, big_endian);
            const std::string samples = noise((kFrames * kRows * kColumns * allocated + 15) / 16 * 2);
            data.element(0x7FE00010, Vr::OW, samples);
            expect_frames_of_all(
                data, big_endian ? rules::kExplicitVrBigEndian : rules::kExplicitVrLittleEndian
            );
        }
    }
}

TEST(SampleReader, ReadsSingleBitsFromTheLeastSignificantOn) {
    DicomWriter data = attributes(1, false);
    std::string bits((kFrames * kRows * kColumns + 15) / 16 * 2, '\0');
    const std::size_t second_frame = std::size_t{kRows} * kColumns;
    bits[second_frame / 8] = static_cast<char>(1 << second_frame % 8);
    data.element(0x7FE00010, Vr::OB, bits);

    const auto reader =
        SampleReader::open(data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian));

    ASSERT_TRUE(reader.has_value());
    const auto frame = reader->frame(1);
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->front(), std::byte{1});
    EXPECT_EQ(std::ranges::count(*frame, std::byte{1}), 1);
}

TEST(SampleReader, SwapsBytesOfWordsInBigEndian) {
    DicomWriter data = attributes(8, true);
    std::string bytes;
    for (std::size_t i = 0; i < kFrames * kRows * kColumns + 1; ++i) {
        bytes += static_cast<char>(i ^ 1U);
    }
    data.element(0x7FE00010, Vr::OW, bytes);
    const auto all =
        pipeline::read_samples(data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrBigEndian));
    ASSERT_TRUE(all.has_value());
    for (std::size_t i = 0; i < all->bytes.size(); ++i) {
        ASSERT_EQ(all->bytes[i], static_cast<std::byte>(i)) << i;
    }
}

TEST(SampleReader, DecodesCompressedFramesOneByOne) {
    Picture picture;
    picture.shape = {kRows, kColumns, 3, 8, 8, 7, false};
    DicomWriter data = attributes(8, false, 3);
    data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).fragment("");
    for (std::size_t k = 0; k < kFrames; ++k) {
        picture.samples.assign(kRows * kColumns * 3, static_cast<std::int32_t>(40 * k + 20));
        const Bytes frame = encode_jpeg_dct(picture);
        data.fragment({reinterpret_cast<const char*>(frame.data()), frame.size()});
    }
    data.end_sequence();
    expect_frames_of_all(data, "1.2.840.10008.1.2.4.50");
}

// Every pixel is grey, from black to white; what colour is stored as must not show.
std::string grey_ramp(std::uint64_t bits, std::size_t width, bool by_plane, bool ybr) {
    constexpr std::size_t kPixels = std::size_t{kRows} * kColumns;
    std::string text(kPixels * 3 * width, '\0');
    for (std::size_t i = 0; i < kPixels * 3; ++i) {
        const std::size_t pixel = by_plane ? i % kPixels : i / 3;
        const std::size_t channel = by_plane ? i / kPixels : i % 3;
        const std::uint64_t most = (std::uint64_t{1} << bits) - 1;
        const std::uint64_t value =
            ybr && channel > 0 ? std::uint64_t{1} << (bits - 1) : most * pixel / (kPixels - 1);
        for (std::size_t byte = 0; byte < width; ++byte) {
            text[i * width + byte] = static_cast<char>((value >> (8 * byte)) & 0xFFU);
        }
    }
    return text;
}

TEST(SampleReader, ShowsColourOfEveryDepthAlike) {
    for (const auto& [allocated, stored] :
         {std::pair{8, 8}, {8, 6}, {16, 8}, {16, 9}, {16, 12}, {16, 16}, {32, 17}, {32, 32}}) {
        for (const int planar : {0, 1}) {
            for (const char* photometric : {"RGB", "YBR_FULL"}) {
                SCOPED_TRACE(::testing::Message() << stored << " of " << allocated << photometric << planar);
                DicomWriter data;
                data.us(0x00280002, 3)
                    .element(0x00280004, Vr::CS, photometric)
                    .us(0x00280006, static_cast<std::uint16_t>(planar))
                    .us(0x00280010, kRows)
                    .us(0x00280011, kColumns)
                    .us(0x00280100, static_cast<std::uint16_t>(allocated))
                    .us(0x00280101, static_cast<std::uint16_t>(stored))
                    .us(0x00280102, static_cast<std::uint16_t>(stored - 1))
                    .us(0x00280103, 0)
                    .element(
                        0x7FE00010, Vr::OW,
                        grey_ramp(
                            static_cast<std::uint64_t>(stored), static_cast<std::size_t>(allocated) / 8,
                            planar == 1, photometric[0] == 'Y'
                        )
                    );
                const auto all = pipeline::read_samples(
                    data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian)
                );
                ASSERT_TRUE(all.has_value()) << all.error().message();
                const auto shown = all->image.picture(all->bytes, 0, all->bytes).samples;
                for (std::size_t pixel = 0; pixel < shown.size() / 3; ++pixel) {
                    const auto wanted = static_cast<double>(255 * pixel) / (kRows * kColumns - 1);
                    EXPECT_NEAR(shown[3 * pixel], wanted, stored < 8 ? 5 : 2) << pixel;
                    EXPECT_EQ(shown[3 * pixel], shown[3 * pixel + 1]);
                    EXPECT_EQ(shown[3 * pixel], shown[3 * pixel + 2]);
                }
            }
        }
    }
}

TEST(SampleReader, RefusesFramesThatAreNotThere) {
    DicomWriter data = attributes(16, false);
    data.element(0x7FE00010, Vr::OW, noise(kFrames * kRows * kColumns * 2 - 2));
    EXPECT_FALSE(
        SampleReader::open(data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian))
            .has_value()
    );
}

}  // namespace
}  // namespace efface::testing
