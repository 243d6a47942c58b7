// Goal: every transfer syntax has its place in the table, and the table says what the code does. Method: the
// vocabulary's own list, and the decoders asked for a frame of nothing.
#include "pipeline/codec/syntax_table.h"

#include "pipeline/codec/frame_decoder.h"
#include "pipeline/codec/searched_frame.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace efface::pipeline {
namespace {

TEST(SyntaxTable, HasARowForEverySyntaxThatMayBeStored) {
    for (const rules::TransferSyntax& syntax : rules::transfer_syntaxes()) {
        const bool stands = std::ranges::count(syntax_rows(), syntax.uid, &SyntaxRow::uid) == 1;
        EXPECT_EQ(stands, syntax.storable) << syntax.uid << " " << syntax.name;
    }
}

constexpr SampleShape kByte{8, 8, 1, 8, 8, 7, false};

TEST(SyntaxTable, SaysWhyWhatIsNotSearchedIsNot) {
    for (const SyntaxRow& row : syntax_rows()) {
        const bool read = row.reader != FrameReader::kNone;
        EXPECT_EQ(read, row.output != MaskedOutput::kNone) << row.uid;
        EXPECT_TRUE(read || !row.limit.empty()) << row.uid;
        EXPECT_EQ(read, !masked_syntax(*rules::find_transfer_syntax(row.uid), kByte).empty()) << row.uid;
        EXPECT_EQ(read, !gate_text(row.output).empty()) << row.uid;
    }
}

TEST(SyntaxTable, KnowsNothingOfAForeignSyntax) {
    EXPECT_EQ(syntax_row("1.2.3").reader, FrameReader::kNone);
    EXPECT_EQ(syntax_row("1.2.3").output, MaskedOutput::kNone);
}

TEST(SyntaxTable, NamesADecoderForWhatIsDecodedAndNoneForTheRest) {
    const SampleShape& shape = kByte;
    for (const rules::TransferSyntax& syntax : rules::transfer_syntaxes()) {
        if (!syntax.encapsulated) {
            continue;
        }
        const auto decoded = decode_searched_frame(syntax, {}, shape, "MONOCHROME2");
        ASSERT_FALSE(decoded.has_value()) << syntax.uid;
        const bool none = decoded.error().text.view() == "frames of this transfer syntax are not decoded";
        EXPECT_EQ(none, syntax_row(syntax.uid).reader == FrameReader::kNone) << syntax.uid;
    }
}

}  // namespace
}  // namespace efface::pipeline
