// A small CT instance as a Part 10 file, byte by byte, with places to plant things. Synthetic only.
#pragma once

#include "pipeline/dicom/data_set.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace efface::pipeline {

inline constexpr std::string_view kCtImageStorage = "1.2.840.10008.5.1.4.1.1.2";

inline void append_u16(std::string& out, std::uint32_t value) {
    out.push_back(static_cast<char>(value & 0xFFU));
    out.push_back(static_cast<char>((value >> 8U) & 0xFFU));
}

/// Explicit VR little endian; long VRs get the long header.
inline std::string element(std::uint32_t tag, std::string_view vr, std::string_view value) {
    std::string out;
    append_u16(out, tag >> 16U);
    append_u16(out, tag & 0xFFFFU);
    out += vr;
    const auto length = static_cast<std::uint32_t>(value.size());
    if (vr == "OB" || vr == "OW" || vr == "UN" || vr == "UT" || vr == "SQ") {
        append_u16(out, 0);
        append_u16(out, length & 0xFFFFU);
        append_u16(out, length >> 16U);
    } else {
        append_u16(out, length);
    }
    out += value;
    return out;
}

/// `text` padded to even length.
inline std::string even(std::string_view text, char pad = ' ') {
    std::string out{text};
    if (out.size() % 2 != 0) {
        out.push_back(pad);
    }
    return out;
}

struct SyntheticInstance {
    std::string preamble = std::string(128, '\0');
    std::string extra_meta;
    std::string sop_class_uid{kCtImageStorage};
    std::string sop_instance_uid = "1.2.3.4.5.6";
    std::string_view syntax_uid = rules::kExplicitVrLittleEndian;
    std::function<void(Item)> edit_header = [](Item) {};
    std::string pixel_element = element(0x7FE00010, "OW", std::string(32, '\x2A'));
    std::string behind_pixels;

    std::string data_set() const {
        DataSet made;
        Item root = made.root();
        const auto put = [&](std::uint32_t tag, rules::Vr vr, std::string_view value) {
            EXPECT_TRUE(root.put(rules::Tag{tag}, vr, value).has_value());
        };
        const auto put_u16 = [&](std::uint32_t tag, std::uint16_t value) {
            std::string bytes;
            append_u16(bytes, value);
            put(tag, rules::Vr::US, bytes);
        };
        put(0x00080008, rules::Vr::CS, "ORIGINAL\\PRIMARY\\AXIAL");
        put(0x00080016, rules::Vr::UI, sop_class_uid);
        put(0x00080018, rules::Vr::UI, sop_instance_uid);
        put(0x00080060, rules::Vr::CS, "CT");
        put(0x00100010, rules::Vr::PN, "Mustermann^Erika");
        put(0x00100020, rules::Vr::LO, "PAT-4711");
        put(0x00180015, rules::Vr::CS, "ABDOMEN");
        put(0x0020000D, rules::Vr::UI, "1.2.3.4.5");
        put(0x0020000E, rules::Vr::UI, "1.2.3.4.5.1");
        put_u16(0x00280002, 1);
        put(0x00280004, rules::Vr::CS, "MONOCHROME2");
        put_u16(0x00280010, 4);
        put_u16(0x00280011, 4);
        put_u16(0x00280100, 16);
        put_u16(0x00280101, 16);
        put_u16(0x00280102, 15);
        put_u16(0x00280103, 0);
        edit_header(root);
        return made.serialise(*rules::find_transfer_syntax(syntax_uid)).value() + pixel_element +
               behind_pixels;
    }

    std::string file() const {
        std::string meta = element(0x00020001, "OB", std::string_view{"\0\1", 2}) +
                           element(0x00020002, "UI", even(sop_class_uid, '\0')) +
                           element(0x00020003, "UI", even(sop_instance_uid, '\0')) +
                           element(0x00020010, "UI", even(syntax_uid, '\0')) + extra_meta;
        std::string length;
        append_u16(length, static_cast<std::uint32_t>(meta.size()));
        append_u16(length, 0);
        return preamble + "DICM" + element(0x00020000, "UL", length) + meta + data_set();
    }
};

}  // namespace efface::pipeline
