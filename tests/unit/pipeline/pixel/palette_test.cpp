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

constexpr std::uint32_t kPlain = 0x00281201;
constexpr std::uint32_t kSegmented = 0x00281221;

struct Descriptor {
    std::uint16_t entries = kEntries;
    std::uint16_t first = 0;
    std::uint16_t bits = 8;
};

/// Red, green and blue as given.
DicomWriter tables(
    Descriptor descriptor, const std::array<std::string, 3>& bytes, std::uint32_t red = kPlain,
    bool big_endian = false
) {
    DicomWriter data{true, big_endian};
    for (std::uint32_t channel = 0; channel < 3; ++channel) {
        data.header(0x00281101 + channel, Vr::US, 6)
            .u16(descriptor.entries)
            .u16(descriptor.first)
            .u16(descriptor.bits);
    }
    for (std::uint32_t channel = 0; channel < 3; ++channel) {
        data.element(red + channel, Vr::OW, bytes[channel]);
    }
    return data;
}

DicomWriter tables(std::uint16_t first, std::uint16_t bits, const std::array<std::string, 3>& bytes) {
    return tables({.first = first, .bits = bits}, bytes);
}

Result<Palette> read(const DicomWriter& data, bool big_endian = false) {
    return Palette::read(
        data.bytes(), *rules::find_transfer_syntax(
                          big_endian ? rules::kExplicitVrBigEndian : rules::kExplicitVrLittleEndian
                      )
    );
}

std::string words(std::initializer_list<std::uint16_t> values, bool big_endian = false) {
    DicomWriter text{true, big_endian};
    for (const std::uint16_t value : values) {
        text.u16(value);
    }
    return text.text();
}

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) {
        text += static_cast<char>(value);
    }
    return text;
}

/// The same segments in all three colours.
Result<Palette> segmented(Descriptor descriptor, const std::string& segments, bool big_endian = false) {
    return read(tables(descriptor, {segments, segments, segments}, kSegmented, big_endian), big_endian);
}

std::vector<int> reds(const Result<Palette>& palette, int count) {
    std::vector<int> shown;
    for (int i = 0; palette && i < count; ++i) {
        shown.push_back(palette->colour(i)[0]);
    }
    return shown;
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

// Two entries, a line to the third after them, then both segments once more: their line begins elsewhere.
TEST(Palette, ExpandsSegmentsOfWords) {
    for (const bool big_endian : {false, true}) {
        const auto palette = segmented(
            {.entries = 12, .bits = 16}, words({0, 2, 0x4000, 0x1000, 1, 4, 0x5000, 2, 2, 0, 0}, big_endian),
            big_endian
        );
        EXPECT_EQ(reds(palette, 12), (std::vector{64, 16, 32, 48, 64, 80, 64, 16, 32, 48, 64, 80}));
        EXPECT_EQ(palette->darkest(255), 1);
    }
    const auto down = segmented({.entries = 4, .bits = 16}, words({0, 1, 0xFF00, 1, 3, 0x0100}));
    EXPECT_EQ(reds(down, 4), (std::vector{255, 170, 85, 1})) << "to the nearest";
    const auto line_again =
        segmented({.entries = 5, .bits = 16}, words({0, 1, 0x100, 1, 2, 0x300, 2, 1, 6, 0}));
    EXPECT_EQ(reds(line_again, 5), (std::vector{1, 2, 3, 3, 3})) << "a line alone, from where it stands";
}

TEST(Palette, ExpandsSegmentsOfBytesTwoInAWord) {
    // The line stands three bytes behind the beginning.
    const std::string packed = bytes({0, 1, 10, 1, 2, 30, 2, 1, 3, 0, 0, 0});
    const auto palette = segmented({.entries = 5}, packed);
    EXPECT_EQ(reds(palette, 5), (std::vector{10, 20, 30, 30, 30}));
    std::string swapped = packed;
    for (std::size_t i = 0; i < swapped.size(); i += 2) {
        std::swap(swapped[i], swapped[i + 1]);
    }
    EXPECT_EQ(reds(segmented({.entries = 5}, swapped, true), 5), reds(palette, 5));
    EXPECT_EQ(reds(segmented({.entries = 3}, bytes({0, 1, 10, 1, 2, 30, 0, 0})), 3), (std::vector<int>{}))
        << "one pad byte, not two";
    EXPECT_EQ(reds(segmented({.entries = 3}, bytes({0, 3, 9, 8, 7, 0})), 3), (std::vector{9, 8, 7}));
    EXPECT_EQ(reds(segmented({.entries = 4}, words({0, 4, 9, 8, 7, 6})), 4), (std::vector{9, 8, 7, 6}))
        << "one in a word";
}

TEST(Palette, ExpandsAsManyEntriesAsThereCanBe) {
    const auto palette = segmented({.entries = 0, .bits = 16}, words({0, 1, 0, 1, 0xFFFF, 0xFFFF}));
    ASSERT_TRUE(palette.has_value());
    EXPECT_EQ(palette->colour(0)[0], 0);
    EXPECT_EQ(palette->colour(0x8080)[0], 0x80);
    EXPECT_EQ(palette->colour(0xFFFF)[0], 0xFF);
}

TEST(Palette, RefusesSegmentsThatCannotBe) {
    const std::pair<const char*, std::string> wrong[] = {
        {"fewer entries", words({0, 3, 1, 2, 3})},
        {"more entries", words({0, 5, 1, 2, 3, 4, 5})},
        {"another segment behind the last", words({0, 4, 1, 2, 3, 4, 0, 1, 5})},
        {"a word behind the last", words({0, 4, 1, 2, 3, 4, 0})},
        {"more by a copy", words({0, 3, 1, 2, 3, 2, 1, 0, 0})},
        {"a line from nowhere", words({1, 4, 9})},
        {"a cut segment", words({0, 2, 1, 2, 0, 2, 3})},
        {"a cut line", words({0, 3, 1, 2, 3, 1, 1})},
        {"a cut copy", words({0, 2, 1, 2, 2, 1, 0})},
        {"half a head", words({0, 3, 1, 2, 3, 0})},
        {"an unknown segment", words({3, 4, 1, 2, 3, 4})},
        {"an empty segment", words({0, 0, 0, 4, 1, 2, 3, 4})},
        {"an empty line", words({0, 4, 1, 2, 3, 4, 1, 0, 9})},
        {"a copy of nothing", words({0, 4, 1, 2, 3, 4, 2, 0, 0, 0})},
        {"a copy of itself", words({0, 2, 1, 2, 2, 1, 8, 0})},
        {"a copy through itself", words({0, 2, 1, 2, 2, 2, 0, 0})},
        {"a copy of a copy", words({0, 1, 1, 2, 1, 0, 0, 2, 1, 6, 0, 0, 1, 9})},
        {"a copy from within", words({0, 2, 0, 1, 2, 1, 4, 0})},
        {"a copy from an odd byte", words({0, 2, 1, 2, 2, 1, 1, 0})},
        {"a copy from far behind", words({0, 2, 1, 2, 2, 1, 0, 0x8000})},
        {"a copy first of all", words({2, 1, 0, 0, 0, 4, 1, 2, 3, 4})},
        {"nothing", ""},
    };
    for (const auto& [name, segments] : wrong) {
        const auto palette = segmented({.bits = 16}, segments);
        ASSERT_FALSE(palette.has_value()) << name;
        EXPECT_EQ(palette.error().fault, Fault::kQuarantine);
    }
}

TEST(Palette, RefusesToChooseBetweenATableAndItsSegments) {
    const std::string segments = words({0, 4, 1, 2, 3, 4});
    DicomWriter both = tables({.bits = 16}, {segments, segments, segments}, kPlain);
    for (std::uint32_t channel = 0; channel < 3; ++channel) {
        both.element(kSegmented + channel, Vr::OW, segments);
    }
    EXPECT_FALSE(read(both).has_value());
}

}  // namespace
}  // namespace efface::testing
