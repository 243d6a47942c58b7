// Goal: stored values get the colours that the tables give them, however the tables are packed, and black is
// an entry. Method: small tables of known entries.
#include "pipeline/pixel/palette.h"

#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Palette;
using rules::Vr;

constexpr std::uint16_t kEntries = 4;

/// Four entries a colour: red, green and blue as given.
DicomWriter tables(std::uint16_t first, std::uint16_t bits, const std::array<std::string, 3>& bytes) {
    DicomWriter data;
    for (std::uint32_t channel = 0; channel < 3; ++channel) {
        data.header(0x00281101 + channel, Vr::US, 6).u16(kEntries).u16(first).u16(bits);
    }
    for (std::uint32_t channel = 0; channel < 3; ++channel) {
        data.element(0x00281201 + channel, Vr::OW, bytes[channel]);
    }
    return data;
}

Result<Palette> read(const DicomWriter& data) {
    return Palette::read(data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian));
}

TEST(Palette, ReadsEntriesOfEightBitsTwoInAWord) {
    const auto palette = read(tables(0, 8, {"\x0A\x14\x1E\x28", "\x0B\x15\x1F\x29", "\x0C\x16\x20\x2A"}));
    ASSERT_TRUE(palette.has_value());
    EXPECT_EQ(palette->colour(0), (Palette::Colour{10, 11, 12}));
    EXPECT_EQ(palette->colour(3), (Palette::Colour{40, 41, 42}));
    EXPECT_EQ(palette->colour(9), (Palette::Colour{40, 41, 42})) << "behind the last entry stands the last";
    EXPECT_EQ(palette->darkest(255), 0);
}

TEST(Palette, ReadsDeepEntriesByTheirHighByteFromTheFirstMappedValueOn) {
    const std::string deep{"\0\xFF\0\x80\0\x10\0\x40", 8};
    const auto palette = read(tables(2, 16, {deep, deep, deep}));
    ASSERT_TRUE(palette.has_value());
    EXPECT_EQ(palette->colour(0), (Palette::Colour{255, 255, 255}));
    EXPECT_EQ(palette->colour(3), (Palette::Colour{128, 128, 128}));
    EXPECT_EQ(palette->darkest(255), 4);
    EXPECT_EQ(palette->darkest(3), 3) << "what the samples can hold";
}

TEST(Palette, TakesDeepEntriesThatUseEightBitsForWhatTheyAre) {
    const std::string shallow{"\xFF\0\x80\0\x10\0\x40\0", 8};
    const auto palette = read(tables(0, 16, {shallow, shallow, shallow}));
    ASSERT_TRUE(palette.has_value());
    EXPECT_EQ(palette->colour(0), (Palette::Colour{255, 255, 255}));
}

TEST(Palette, RefusesTablesThatAreShortUnlikeOrAbsent) {
    EXPECT_FALSE(read(tables(0, 8, {"\x0A\x14\x1E\x28", "\x0B\x15", "\x0C\x16\x20\x2A"})).has_value());
    EXPECT_FALSE(read(tables(0, 16, {"\x0A\x14\x1E\x28", "\x0B\x15\x1F\x29", "\x0C\x16\x20\x2A"})).has_value()
    );
    EXPECT_FALSE(read(tables(0, 12, {"\x0A\x14\x1E\x28", "\x0B\x15\x1F\x29", "\x0C\x16\x20\x2A"})).has_value()
    );
    EXPECT_FALSE(read(DicomWriter{}.us(0x00280010, 4)).has_value());
}

}  // namespace
}  // namespace efface::testing
