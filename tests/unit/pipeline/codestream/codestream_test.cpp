// Goal: what carries no samples is cut from a codestream, everything else is kept byte by byte, and
// what cannot be walked is quarantined. Method: codestreams written by hand; their entropy-coded
// bytes are invented, because no walker decodes them.
#include "pipeline/codestream/codestream.h"

#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

using efface::testing::bytes_of;
using efface::testing::joined;

std::string be16(std::size_t value) {
    return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)};
}

std::string be32(std::size_t value) {
    return be16(value >> 16U) + be16(value & 0xFFFFU);
}

std::string segment(char marker, const std::string& body) {
    return std::string{'\xFF'} + marker + be16(body.size() + 2) + body;
}

const std::string kSoi = "\xFF\xD8";
const std::string kEoi = "\xFF\xD9";
const std::string kJfif = segment('\xE0', std::string{"JFIF\0\1\1\0\0\1\0\1\0\0", 14});
const std::string kAdobe = segment('\xEE', std::string{"Adobe\0d\0\0\0\0\1", 12});
const std::string kExif = segment('\xE1', "Exif: taken of JOHN DOE");
const std::string kComment = segment('\xFE', "patient JOHN DOE");
const std::string kQuantization = segment('\xDB', std::string(65, '\0'));
const std::string kHuffman = segment('\xC4', std::string(17, '\0'));
const std::string kFrame = segment('\xC0', std::string{"\x08\0\1\0\1\1\1\x11\0", 9});
const std::string kScan = segment('\xDA', std::string{"\1\1\0\0\x3F\0", 6}) + std::string{
                                                                                  "ab\xFF\0cd\xFF\xD0"
                                                                                  "ef",
                                                                                  10};
const std::string kTables = kQuantization + kHuffman + kFrame;

std::string cleaned(const std::string& frame, const Cut& cut) {
    std::string text;
    for (const Piece& piece : cut.pieces) {
        if (piece.patched) {
            text.append(reinterpret_cast<const char*>(cut.patch.data()) + piece.offset, piece.length);
        } else {
            text.append(frame, piece.offset, piece.length);
        }
    }
    EXPECT_EQ(text.size(), cut.length());
    return text;
}

std::string clean(rules::SyntaxFamily family, const std::string& frame, FrameShape shape = {}) {
    const Result<Cut> cut = clean_frame(family, bytes_of(frame), shape);
    if (!cut) {
        return std::string{cut.error().text.view()};
    }
    const std::string text = cleaned(frame, *cut);
    EXPECT_EQ(cut->identical, text == frame);
    return text;
}

std::string clean_jpeg_text(const std::string& frame) {
    return clean(rules::SyntaxFamily::kJpeg, frame);
}

// As a fragment holds it: padded to even length.
std::string evened(std::string frame) {
    if (frame.size() % 2 != 0) {
        frame += '\0';
    }
    return frame;
}

TEST(JpegWalk, KeepsAFrameThatHoldsNothingElse) {
    for (const std::string& frame :
         {kSoi + kJfif + kAdobe + kTables + kScan + kEoi, kSoi + kTables + kScan + kHuffman + kScan + kEoi,
          kSoi + kTables + kScan + "\xFF" + kEoi}) {
        EXPECT_EQ(clean_jpeg_text(frame), frame);
        EXPECT_EQ(clean_jpeg_text(evened(frame)), evened(frame));
    }
}

TEST(JpegWalk, CutsApplicationSegmentsAndCommentsWherever) {
    const std::string frame =
        kSoi + kJfif + kExif + "\xFF" + kComment + kTables + kScan + kComment + kScan + kExif + kEoi;

    EXPECT_EQ(clean_jpeg_text(frame), kSoi + kJfif + kTables + kScan + kScan + kEoi);
}

TEST(JpegWalk, CutsApp0AndApp14OfOtherKinds) {
    const std::string frame =
        kSoi + segment('\xE0', "AVI1 DOE") + segment('\xEE', "AdobX DOE 1234567") + kTables + kScan + kEoi;

    EXPECT_EQ(clean_jpeg_text(frame), kSoi + kTables + kScan + kEoi);
}

TEST(JpegWalk, RewritesJfifAndAdobeWithoutWhatStandsBehindTheirFields) {
    const std::string thumbnail = segment('\xE0', std::string{"JFIF\0\1\1\0\0\1\0\1\1\1rgb", 17});
    const std::string long_adobe = segment('\xEE', std::string{"Adobe\0d\0\0\0\0\1JOHN DOE", 20});

    EXPECT_EQ(
        clean_jpeg_text(kSoi + thumbnail + long_adobe + kTables + kScan + kEoi),
        kSoi + kJfif + kAdobe + kTables + kScan + kEoi
    );
}

TEST(JpegWalk, CutsBytesBehindTheEndMarker) {
    const std::string frame = kSoi + kTables + kScan + kEoi;

    EXPECT_EQ(clean_jpeg_text(frame + "JOHN DOE"), frame);
    EXPECT_EQ(clean_jpeg_text(frame + "J"), frame);
}

TEST(JpegWalk, QuarantinesWhatItCannotWalk) {
    const std::string frame = kSoi + kTables + kScan + kEoi;
    EXPECT_EQ(clean_jpeg_text("no JPEG"), "a JPEG frame does not begin with SOI");
    EXPECT_EQ(
        clean_jpeg_text(kSoi + kTables + kScan), "a JPEG marker is missing: the frame cannot be walked"
    );
    EXPECT_EQ(clean_jpeg_text(kSoi + "text"), "a JPEG marker is missing: the frame cannot be walked");
    EXPECT_EQ(clean_jpeg_text(kSoi + "\xFF\xE1\xFF\xFF"), "a JPEG segment ends behind the frame");
    EXPECT_EQ(clean_jpeg_text(kSoi + segment('\xC8', "ab") + kEoi), "an unknown JPEG marker");
    EXPECT_EQ(
        clean_jpeg_text(kSoi + segment('\xDB', joined({std::string(65, '\0'), "DOE"})) + kEoi),
        "a JPEG segment is longer than its fields"
    );
    EXPECT_EQ(
        clean_jpeg_text(kSoi + segment('\xC4', joined({std::string(17, '\0'), "DOE"})) + kEoi),
        "a JPEG segment is longer than its fields"
    );
    EXPECT_EQ(clean_jpeg_text(frame + frame), "a second JPEG image stands behind the end marker");
}

// Cut out, the same samples would decode to other colours.
TEST(JpegLsWalk, QuarantinesAColourTransformationInAnApplicationSegment) {
    const std::string frame = kSoi + segment('\xF7', std::string{"\x08\0\1\0\1\1\1\x11\0", 9}) +
                              segment('\xDA', std::string{"\1\1\0\0\0\0", 6}) + "ab" + kEoi;
    const auto with = [&](char transformation) {
        return kSoi + segment('\xE8', std::string{"mrfx"} + transformation) + frame.substr(2);
    };

    EXPECT_EQ(
        clean(rules::SyntaxFamily::kJpegLs, with('\1')),
        "a JPEG-LS frame has a colour transformation that is not DICOM's"
    );
    EXPECT_EQ(clean(rules::SyntaxFamily::kJpegLs, with('\0')), frame);
}

TEST(JpegLsWalk, KnowsItsOwnStuffingAndMarkers) {
    const std::string ls_frame = segment('\xF7', std::string{"\x08\0\1\0\1\1\1\x11\0", 9});
    const std::string scan = segment('\xDA', std::string{"\1\1\0\0\0\0", 6}) +
                             "ab\xFF\x7F"
                             "cd";
    const std::string parameters = segment('\xF8', std::string(11, '\1'));
    const std::string frame = kSoi + ls_frame + parameters + scan + kEoi;

    EXPECT_EQ(clean(rules::SyntaxFamily::kJpegLs, frame), frame);
    EXPECT_EQ(
        clean(rules::SyntaxFamily::kJpegLs, kSoi + segment('\xE8', "SPIFF DOE") + frame.substr(2) + "DOE"),
        frame
    );
}

const std::string kSiz = joined({"\xFF\x51", be16(41), std::string(34, '\0'), be16(1), "\7\1\1"});
const std::string kCod = std::string{"\xFF\x52"} + be16(4) + "cd";
const std::string kJ2kComment = std::string{"\xFF\x64"} + be16(10) + "JOHN DOE";

std::string tile_part(const std::string& header, const std::string& data, bool counted = true) {
    const std::size_t length = 12 + header.size() + 2 + data.size();
    return std::string{"\xFF\x90"} + be16(10) + be16(0) + be32(counted ? length : 0) + std::string(2, '\0') +
           header + "\xFF\x93" + data;
}

const std::string kSoc = "\xFF\x4F";

std::string clean_j2k_text(const std::string& frame) {
    return clean(rules::SyntaxFamily::kJpeg2000, frame);
}

TEST(Jpeg2000Walk, KeepsAFrameThatHoldsNothingElse) {
    for (const std::string& frame :
         {kSoc + kSiz + kCod + tile_part("", "data") + tile_part(kCod, "more") + kEoi,
          kSoc + kSiz + tile_part("", "data", false) + kEoi}) {
        EXPECT_EQ(clean_j2k_text(frame), frame);
        EXPECT_EQ(clean_j2k_text(evened(frame)), evened(frame));
    }
}

TEST(Jpeg2000Walk, CutsCommentsAndRewritesPsot) {
    const std::string frame = kSoc + kSiz + kJ2kComment + kCod + tile_part(kJ2kComment + kCod, "data") +
                              tile_part(kJ2kComment, "more", false) + kEoi + "JOHN DOE";

    EXPECT_EQ(
        clean_j2k_text(frame),
        kSoc + kSiz + kCod + tile_part(kCod, "data") + tile_part("", "more", false) + kEoi
    );
}

TEST(Jpeg2000Walk, QuarantinesWhatItCannotWalk) {
    const std::string tlm = std::string{"\xFF\x55"} + be16(4) + "tl";
    EXPECT_EQ(
        clean_j2k_text(std::string{"\0\0\0\x0CjP  \r\n\x87\n", 12}), "a JPEG 2000 frame is no raw codestream"
    );
    EXPECT_EQ(clean_j2k_text(kSoc + kSiz + tile_part("", "data")), "a JPEG 2000 frame has no end marker");
    EXPECT_EQ(
        clean_j2k_text(kSoc + kSiz + tile_part("", "da", false)), "a JPEG 2000 frame has no end marker"
    );
    EXPECT_EQ(clean_j2k_text(kSoc + kSiz + "\xFF\x30xx" + kEoi), "an unknown JPEG 2000 marker");
    EXPECT_EQ(
        clean_j2k_text(kSoc + kSiz + tlm + tile_part(kJ2kComment, "data") + kEoi),
        "a JPEG 2000 tile-part with a comment is counted in TLM"
    );
    EXPECT_EQ(
        clean_j2k_text(kSoc + kSiz + tile_part("", "data") + "JOHN DOE" + kEoi),
        "a JPEG 2000 tile-part does not begin with SOT"
    );
}

std::string little32(std::size_t value) {
    std::string text;
    for (int i = 0; i < 4; ++i) {
        text += static_cast<char>((value >> (8 * i)) & 0xFFU);
    }
    return text;
}

// Two segments of 6 decoded bytes: a literal run of 4 and a replicate run of 2 each.
std::string rle_frame(
    const std::string& between = "", const std::string& behind = "", std::size_t unused = 0
) {
    const std::string runs =
        "\x03"
        "abcd\xFFz";
    std::string header = little32(2) + little32(64) + little32(64 + runs.size() + between.size());
    header += little32(unused);
    header.resize(64, '\0');
    return header + runs + between + runs + behind;
}

std::string clean_rle_text(const std::string& frame, std::uint64_t bytes = 6) {
    return clean(rules::SyntaxFamily::kRle, frame, {.rle_segment_bytes = bytes});
}

TEST(RleWalk, KeepsSegmentsWithTheirPadding) {
    EXPECT_EQ(clean_rle_text(rle_frame()), rle_frame());
    EXPECT_EQ(clean_rle_text(rle_frame("\x80", "\x80")), rle_frame("\x80", "\x80"));
}

TEST(RleWalk, CutsBytesBehindTheLastSegment) {
    EXPECT_EQ(clean_rle_text(rle_frame("", "JOHN DOE")), rle_frame());
}

TEST(RleWalk, QuarantinesBytesBetweenSegmentsAndWrongLengths) {
    EXPECT_EQ(clean_rle_text(rle_frame("JOHN DOE")), "RLE segments do not follow each other");
    EXPECT_EQ(clean_rle_text(rle_frame(), 7), "an RLE segment does not give the bytes of its plane");
    EXPECT_EQ(clean_rle_text(rle_frame(), 5), "an RLE segment does not give the bytes of its plane");
    EXPECT_EQ(clean_rle_text(rle_frame("", "", 9)), "an RLE header has an offset without a segment");
    EXPECT_EQ(clean_rle_text("short"), "an RLE header is cut");
}

TEST(CleanFrame, QuarantinesFamiliesWithoutAWalker) {
    using enum rules::SyntaxFamily;
    for (const rules::SyntaxFamily family :
         {kMpeg2, kMpeg4, kHevc, kJpegXl, kDeflatedFrames, kOther, kNative}) {
        EXPECT_FALSE(clean_frame(family, bytes_of("anything"), {}));
    }
}

}  // namespace
}  // namespace efface::pipeline
