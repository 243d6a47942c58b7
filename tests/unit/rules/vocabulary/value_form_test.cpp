// Goal: a text passes as a code, number, date or UID only if it could be one (PS3.5 Table 6.2-1).
#include "rules/vocabulary/value_form.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

struct Case {
    Vr vr;
    std::string_view text;
};

TEST(ValueForm, TakesWhatTheStandardAllows) {
    for (const auto& [vr, text] : std::initializer_list<Case>{
             {Vr::CS, "ORIGINAL\\PRIMARY\\AXIAL"},
             {Vr::CS, "ISO_IR 100"},
             {Vr::CS, "0123456789ABCDEF"},
             {Vr::CS, "\\ISO 2022 IR 87 "},
             {Vr::CS, ""},
             {Vr::AS, "045Y"},
             {Vr::DA, "20240517"},
             {Vr::DA, "2024.05.17"},
             {Vr::TM, "131415.123456"},
             {Vr::TM, "13:14:15"},
             {Vr::DT, "20240517131415.123456+0100"},
             {Vr::DS, "-1.25E+03\\ 2"},
             {Vr::IS, "+12 "},
             {Vr::UI, std::string_view{"1.2.840.10008.1.1\0", 18}},
             {Vr::AE, "Archive (2)"}}) {
        EXPECT_TRUE(has_form_of(vr, text)) << vr_name(vr) << " " << text;
    }
}

TEST(ValueForm, RefusesWhatCouldBeFreeText) {
    for (const auto& [vr, text] : std::initializer_list<Case>{
             {Vr::CS, "0123456789ABCDEFG"},
             {Vr::CS, "Head"},
             {Vr::CS, "ABDOM/RAD"},
             {Vr::CS, "HEAD\\NAME^FIRST"},
             {Vr::CS, std::string_view{"HEAD\0HANS", 9}},
             {Vr::AS, "45 years"},
             {Vr::DA, "17 May"},
             {Vr::TM, "noon"},
             {Vr::DT, "yesterday"},
             {Vr::DS, "1.25 mm"},
             {Vr::DS, "123456789012345678901234567890123"},
             {Vr::IS, "12a"},
             {Vr::UI, "1.2.x"},
             {Vr::UI, "12345678901234567890123456789012345678901234567890123456789012345"},
             {Vr::AE, "a title of many words"},
             {Vr::AE, "M\xFCller"}}) {
        EXPECT_FALSE(has_form_of(vr, text)) << vr_name(vr) << " " << text;
    }
}

TEST(ValueForm, AsksNothingOfFreeTextAndBytes) {
    for (const Vr vr : {Vr::LO, Vr::SH, Vr::PN, Vr::UT, Vr::UR, Vr::OB, Vr::US, Vr::UN}) {
        EXPECT_FALSE(has_value_form(vr)) << vr_name(vr);
        EXPECT_TRUE(has_form_of(vr, "anything, even \xFF")) << vr_name(vr);
    }
}

}  // namespace
}  // namespace efface::rules
