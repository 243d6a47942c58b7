// Goal: of what a fill replaces no byte survives: neither of the frame, nor of an icon, an overlay, a private
// copy or a digest of it, in the written file and in all that is told or made beside it. Method: random
// pixels under the future hole, planted copies and digests, and a search for every run of eight bytes of
// them, which is shown to find what there is in the original and in an output with the pixels put back.
#include "config/json.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/unit/segmentation.h"
#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/enhance/drawn_surround.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/leftovers.h"
#include "tests/unit/pipeline/gate/recoded_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace efface::testing {
namespace {

using pipeline::Box;
using rules::Vr;

constexpr std::string_view kPhotograph = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr std::size_t kSide = 224;
constexpr Box kHidden{64, 64, 160, 160};
constexpr std::string_view kRules = R"([rule.pixels]
blacken = [[64, 64, 96, 96]]
accept = ["no-face"]
mask_segmentation = true
[rule.enhance]
regions = true
)";

struct Stored {
    std::string name;
    std::string_view syntax;
    std::uint64_t bits = 8;
};

class NothingThere final : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView&) override {
        return std::vector<pipeline::Detection>{};
    }
};

std::string random_bytes(std::size_t count, unsigned seed) {
    std::mt19937 random{seed};
    std::string bytes(count, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(random() >> 13U);
    }
    return bytes;
}

class NothingLeft : public ::testing::TestWithParam<Stored> {
protected:
    NothingLeft() {
        secrets_.add_runs("frame", hidden_rows(frame_, sample_bytes()));
        if (sample_bytes() == 2) {  // RLE keeps the bytes of samples apart.
            secrets_.add_runs("frame", hidden_rows(plane(0), 1));
            secrets_.add_runs("frame", hidden_rows(plane(1), 1));
        }
        secrets_.add_runs("icon", {icon_});
        secrets_.add_runs("overlay", {overlay_});
        for (const std::string& algorithm : kDigests) {
            secrets_.add_digest(algorithm + " of the frame", digest_of(algorithm, frame_));
            secrets_.add_digest(algorithm + " of Pixel Data", digest_of(algorithm, pixel_data_));
        }
    }

    std::size_t sample_bytes() const { return GetParam().bits / 8; }

    const rules::TransferSyntax& syntax() const { return *rules::find_transfer_syntax(GetParam().syntax); }

    pipeline::SampleShape shape() const {
        return {kSide, kSide, 1, GetParam().bits, GetParam().bits, GetParam().bits - 1, false};
    }

    /// Waves with grain, and noise where it will be hidden.
    Picture drawn() const {
        std::mt19937 random{11};
        const std::vector<float> grain = pipeline::CounterNoise{pipeline::seed_of(5)}.field(kSide, kSide, 0);
        const double white = std::pow(2.0, static_cast<double>(GetParam().bits)) - 1;
        Picture made{.shape = shape(), .samples = {}};
        for (std::size_t i = 0; i < kSide * kSide; ++i) {
            const std::size_t x = i % kSide;
            const std::size_t y = i / kSide;
            const double wave = std::sin(static_cast<double>(x) / 11) * std::cos(static_cast<double>(y) / 14);
            const double share = 0.5 + 0.2 * wave + 0.02 * static_cast<double>(grain[i]);
            const auto noise = static_cast<std::int32_t>(random() & static_cast<unsigned>(white));
            made.samples.push_back(
                within(kHidden, x, y) ? noise : static_cast<std::int32_t>(std::lround(share * white))
            );
        }
        return made;
    }

    std::string encoded(const Picture& picture) const {
        Bytes stream = picture.words();
        if (GetParam().syntax == recoded::kRle) {
            stream = recoded::literal_rle(stream, picture.shape);
        } else if (GetParam().syntax == recoded::kJpegLs) {
            stream = encode_jpeg_ls(picture, 0);
        } else if (GetParam().syntax == recoded::kJpeg2000) {
            stream = encode_jpeg2000(picture);
        }
        stream.resize(stream.size() + stream.size() % 2);
        return recoded::text_of(stream);
    }

    std::string pixel_element(const std::string& stream) const {
        DicomWriter element;
        if (!syntax().encapsulated) {
            return element.element(0x7FE00010, Vr::OW, stream).text();
        }
        return element.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
            .fragment("")
            .fragment(stream)
            .end_sequence()
            .text();
    }

    static std::vector<std::string> hidden_rows(const std::string& samples, std::size_t bytes) {
        std::vector<std::string> rows;
        for (std::int64_t y = kHidden.top; y < kHidden.bottom; ++y) {
            const auto at = static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(kHidden.left);
            rows.push_back(samples.substr(at * bytes, static_cast<std::size_t>(kHidden.width()) * bytes));
        }
        return rows;
    }

    /// One byte of each sample of two.
    std::string plane(std::size_t byte) const {
        std::string out;
        for (std::size_t at = byte; at < frame_.size(); at += 2) {
            out += frame_[at];
        }
        return out;
    }

    std::string all_digests(const std::string& bytes) const {
        std::string all;
        for (const std::string& algorithm : kDigests) {
            all += digest_of(algorithm, bytes);
        }
        return all;
    }

    std::string words_of_digests(const std::string& bytes) const {
        std::string all;
        for (const std::string& algorithm : kDigests) {
            all += " " + hex_of(digest_of(algorithm, bytes));
        }
        return all;
    }

    std::string file() const {
        DicomWriter data;
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
            .element(0x00080016, Vr::UI, kPhotograph)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.10.1")
            .element(0x00080060, Vr::CS, "XC")
            .element(0x00082111, Vr::ST, "frame" + words_of_digests(frame_))
            .element(0x00090010, Vr::LO, "ACME COPIES")
            .element(0x00091001, Vr::OB, hidden_rows(frame_, sample_bytes()).front() + all_digests(frame_))
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.10.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.10.3")
            .element(0x00204000, Vr::LT, "pixel data" + words_of_digests(pixel_data_))
            .us(0x00280002, 1)
            .element(0x00280004, Vr::CS, "MONOCHROME2")
            .us(0x00280010, kSide)
            .us(0x00280011, kSide)
            .us(0x00280100, static_cast<std::uint16_t>(GetParam().bits))
            .us(0x00280101, static_cast<std::uint16_t>(GetParam().bits))
            .us(0x00280102, static_cast<std::uint16_t>(GetParam().bits - 1))
            .us(0x00280103, 0)
            .sequence(0x00880200)
            .item()
            .us(0x00280002, 1)
            .element(0x00280004, Vr::CS, "MONOCHROME2")
            .us(0x00280010, 32)
            .us(0x00280011, 32)
            .us(0x00280100, 8)
            .us(0x00280101, 8)
            .us(0x00280102, 7)
            .us(0x00280103, 0)
            .element(0x7FE00010, Vr::OB, icon_)
            .end_item()
            .end_sequence()
            .sequence(0x4FFE0001)
            .item()
            .us(0x04000005, 1)
            .element(0x04000015, Vr::CS, "SHA256")
            .end_item()
            .end_sequence()
            .us(0x60000010, kSide)
            .us(0x60000011, kSide)
            .element(0x60000040, Vr::CS, "G")
            .us(0x60000100, 1)
            .us(0x60000102, 0)
            .element(0x60003000, Vr::OW, overlay_)
            .raw(pixel_element(pixel_data_))
            .sequence(0xFFFAFFFA)
            .item()
            .us(0x04000005, 1)
            .element(0x04000100, Vr::UI, "1.2.276.0.99.10.4")
            .element(0x04000120, Vr::OB, all_digests(frame_) + all_digests(pixel_data_))
            .end_item()
            .end_sequence();
        return part10_file(data.text(), GetParam().syntax, kPhotograph, "1.2.276.0.99.10.1");
    }

    /// In a file as it stands, and in what its frames decode to.
    std::set<std::string> found_in_file(const std::string& file) const {
        std::set<std::string> found = secrets_.found_in(file);
        const auto part10 = pipeline::parse_part10(bytes_of(file)).value();
        const auto* written = rules::find_transfer_syntax(part10.transfer_syntax_uid);
        const auto samples = pipeline::read_samples(bytes_of(file).subspan(part10.data_set_offset), *written);
        EXPECT_TRUE(samples);
        if (samples) {
            found.merge(secrets_.found_in(recoded::text_of(samples->bytes)));
        }
        return found;
    }

    /// With other pixels.
    std::string with_pixels(const std::string& written, const Picture& picture) const {
        const std::string_view tag = syntax().encapsulated ? std::string_view{"\xE0\x7F\x10\0OB", 6}
                                                           : std::string_view{"\xE0\x7F\x10\0OW", 6};
        return written.substr(0, written.find(tag)) + pixel_element(encoded(picture));
    }

    void clean_it() {
        original_ = file();
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_, &generator_);
        ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
        ASSERT_EQ(cleaned_.report.fill.filled, 1U);
    }

    std::string segmentation() const {
        const int fd = memfd_create("segmentation", MFD_CLOEXEC);
        pipeline::OutputFile output{fd, 1U << 20U};
        const pipeline::SegmentRequest request{
            order_for(original_), cleaned_.report.mask, sha256(cleaned_.written)};
        const Status status =
            pipeline::write_segmentation(bytes_of(cleaned_.written), request, test_key(), output);
        EXPECT_TRUE(status) << status.error().message();
        std::string written(output.bytes(), '\0');
        EXPECT_EQ(pread(fd, written.data(), written.size(), 0), static_cast<ssize_t>(written.size()));
        close(fd);
        return written;
    }

    Picture picture_ = drawn();
    std::string frame_ = recoded::text_of(picture_.words());
    std::string pixel_data_ = encoded(picture_);
    std::string icon_ = random_bytes(32 * 32, 1);
    std::string overlay_ = random_bytes(kSide * kSide / 8, 2);
    Leftovers secrets_;
    NothingThere nothing_;
    pipeline::Finders finders_{&nothing_, &nothing_};
    pipeline::DrawingGenerator generator_{pipeline::patterned};
    rules::RuleSet rules_ = rules_of(std::string{kRemoveFoundRules} + std::string{kRules});
    std::string original_;
    Cleaned cleaned_;
};

const std::set<std::string> kNothing;

INSTANTIATE_TEST_SUITE_P(
    Every, NothingLeft,
    ::testing::Values(
        Stored{"Native8", rules::kExplicitVrLittleEndian, 8},
        Stored{"Native16", rules::kExplicitVrLittleEndian, 16}, Stored{"Rle8", recoded::kRle, 8},
        Stored{"Rle16", recoded::kRle, 16}, Stored{"JpegLs8", recoded::kJpegLs, 8},
        Stored{"JpegLs16", recoded::kJpegLs, 16}, Stored{"Jpeg2000At8", recoded::kJpeg2000, 8},
        Stored{"Jpeg2000At16", recoded::kJpeg2000, 16}
    ),
    [](const auto& tested) { return tested.param.name; }
);

TEST_P(NothingLeft, TheSearchFindsAllOfItInTheOriginal) {
    std::set<std::string> all{"frame", "icon", "overlay"};
    for (const std::string& algorithm : kDigests) {
        all.insert(algorithm + " of the frame");
        all.insert(algorithm + " of Pixel Data");
    }
    EXPECT_EQ(found_in_file(file()), all);
}

TEST_P(NothingLeft, InTheWrittenFile) {
    clean_it();

    EXPECT_EQ(found_in_file(cleaned_.written), kNothing);

    const rules::ProjectKey key = test_key();
    const pipeline::WorkOrder order = order_for(original_);
    pipeline::GateWork work{order, rules_.rules().front(), key, cleaned_.report.mask, finders_};
    work.holes = cleaned_.report.holes;
    work.generator = &generator_;
    const auto report = pipeline::judge(bytes_of(original_), bytes_of(cleaned_.written), work);
    EXPECT_EQ(report.reason, "");
    EXPECT_EQ(secrets_.found_in(dump_json(pipeline::to_json(report))), kNothing);
}

TEST_P(NothingLeft, InTheReportAndTheMasksSegmentation) {
    clean_it();

    EXPECT_EQ(secrets_.found_in(dump_json(pipeline::to_json(cleaned_.report))), kNothing);
    EXPECT_EQ(found_in_file(segmentation()), kNothing);
}

TEST_P(NothingLeft, TheSearchFindsTheHiddenPixelsPutBack) {
    clean_it();
    const auto part10 = pipeline::parse_part10(bytes_of(cleaned_.written)).value();
    const auto samples =
        pipeline::read_samples(bytes_of(cleaned_.written).subspan(part10.data_set_offset), syntax()).value();
    Picture filled = picture_;
    for (std::size_t i = 0; i < filled.samples.size(); ++i) {
        std::int32_t value = 0;
        for (std::size_t byte = 0; byte < sample_bytes(); ++byte) {
            value |= static_cast<std::int32_t>(samples.bytes[i * sample_bytes() + byte]) << (8 * byte);
        }
        filled.samples[i] = value;
    }
    ASSERT_EQ(found_in_file(with_pixels(cleaned_.written, filled)), kNothing);

    // Eight bytes of one row are enough.
    const std::size_t place = 100 * kSide + 100;
    for (std::size_t i = place; i < place + 8 / sample_bytes(); ++i) {
        filled.samples[i] = picture_.samples[i];
    }
    EXPECT_EQ(found_in_file(with_pixels(cleaned_.written, filled)), std::set<std::string>{"frame"});
}

}  // namespace
}  // namespace efface::testing
