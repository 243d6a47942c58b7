// Goal: frames of single bits are blackened bit by bit, also where frames begin within a byte.
// Method: a frame of 53 x 31 bits, and single bits that are set or not in what was written.
#include "tests/unit/pipeline/gate/masked_fixture.h"

namespace efface::testing::masked {
namespace {

class SingleBits : public MaskedTest {
protected:
    static constexpr std::size_t kColumns = 53;
    static constexpr std::size_t kRows = 31;

    class Lines final : public pipeline::Detector {
    public:
        Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
            const bool left = picture.at(12, 9) == 255 || picture.at(20, 14) == 255;
            return left ? std::vector<Detection>{{{12, 9, 21, 15}, 1.0F}} : std::vector<Detection>{};
        }
    };

    static void set(std::string& bits, std::size_t frame, std::size_t x, std::size_t y, bool value = true) {
        const std::size_t bit = (frame * kRows + y) * kColumns + x;
        bits[bit / 8] =
            static_cast<char>(value ? bits[bit / 8] | 1 << bit % 8 : bits[bit / 8] & ~(1 << bit % 8));
    }

    static std::string no_bits(std::size_t frames) {
        return std::string((frames * kColumns * kRows + 15) / 16 * 2, '\0');
    }

    void clean_bits(const std::string& bits, std::size_t frames) {
        DicomWriter data;
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
            .element(0x00080016, Vr::UI, kSecondaryCapture)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
            .element(0x00080060, Vr::CS, "OT")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
            .us(0x00280002, 1)
            .element(0x00280004, Vr::CS, "MONOCHROME2")
            .element(0x00280008, Vr::IS, std::to_string(frames))
            .us(0x00280010, kRows)
            .us(0x00280011, kColumns)
            .us(0x00280100, 1)
            .us(0x00280101, 1)
            .us(0x00280102, 0)
            .us(0x00280103, 0)
            .header(0x7FE00010, Vr::OB, static_cast<std::uint32_t>(bits.size()))
            .raw(bits);
        original_ =
            part10_file(data.text(), rules::kExplicitVrLittleEndian, kSecondaryCapture, "1.2.276.0.99.2.1");
        finders_.text = &lines_;
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
        ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
    }

    Lines lines_;
};

TEST_F(SingleBits, AreBlackenedBitByBit) {
    std::string bits = no_bits(1);
    set(bits, 0, 12, 9);
    set(bits, 0, 20, 14);
    set(bits, 0, 51, 30);  // Another value of nothing that is found.

    ASSERT_NO_FATAL_FAILURE(clean_bits(bits, 1));

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    set(bits, 0, 12, 9, false);
    set(bits, 0, 20, 14, false);
    EXPECT_TRUE(cleaned_.written.ends_with(bits));
    cleaned_.written[cleaned_.written.size() - 4] =
        static_cast<char>(cleaned_.written[cleaned_.written.size() - 4] ^ 1);
    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_F(SingleBits, OfOneFrameAreBlackenedInItsNeighbours) {
    std::string bits = no_bits(9);
    set(bits, 8, 12, 9);
    for (std::size_t frame = 0; frame < 9; ++frame) {
        set(bits, frame, 18, 11);
    }

    ASSERT_NO_FATAL_FAILURE(clean_bits(bits, 9));

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    set(bits, 8, 12, 9, false);
    for (std::size_t frame = 6; frame < 9; ++frame) {
        set(bits, frame, 18, 11, false);
    }
    EXPECT_TRUE(cleaned_.written.ends_with(bits));
}

}  // namespace
}  // namespace efface::testing::masked
