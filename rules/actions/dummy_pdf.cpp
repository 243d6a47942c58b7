// The page that stands where an Encapsulated Document was: PDF 1.4, one A4 page, one line of text in a
// font that every reader has, no metadata and no date. The offsets in the cross-reference table count
// bytes of this text; a test checks them. Its length is even, as PS3.5 demands of OB.
#include "rules/actions/edit.h"

namespace efface::rules {
namespace {

// clang-format off
constexpr std::string_view kDummyPdf =
    "%PDF-1.4\n"
    "1 0 obj\n"
    "<< /Type /Catalog /Pages 2 0 R >>\n"
    "endobj\n"
    "2 0 obj\n"
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\n"
    "endobj\n"
    "3 0 obj\n"
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\n"
    "endobj\n"
    "4 0 obj\n"
    "<< /Length 69 >>\n"
    "stream\n"
    "BT /F1 18 Tf 72 740 Td (Document removed by de-identification.) Tj ET\n"
    "endstream\n"
    "endobj\n"
    "5 0 obj\n"
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\n"
    "endobj\n"
    "xref\n"
    "0 6\n"
    "0000000000 65535 f \n"
    "0000000009 00000 n \n"
    "0000000058 00000 n \n"
    "0000000115 00000 n \n"
    "0000000241 00000 n \n"
    "0000000360 00000 n \n"
    "trailer\n"
    "<< /Size 6 /Root 1 0 R >>\n"
    "startxref\n"
    "430\n"
    "%%EOF\n"
    "\n";
// clang-format on

static_assert(kDummyPdf.size() % 2 == 0);

}  // namespace

std::string_view dummy_pdf() {
    return kDummyPdf;
}

}  // namespace efface::rules
