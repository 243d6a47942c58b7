// Reads a script of the DicomPixelAnonymizer of the RSNA Clinical Trials Processor (its wiki, "The CTP DICOM
// Pixel Anonymizer" and "The CTP DICOM Filter") into [[device]] tables of a rule file:
//
//     script    = { comment / "{" signature "}" 1*( "(" left "," top "," width "," height ")" ) }
//     signature = term { "+" term }                        ; or
//     term      = factor { "*" factor }                    ; and
//     factor    = "!" factor / "(" signature ")" / "true." / "false." / identifier "." method "(" string ")"
//     identifier = name { "::" name }   name = keyword / "[" gggg "," eeee "]"
//
// Thread rule: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace efface::rules {

struct CtpProblem {
    std::uint32_t line = 0;
    std::string text;
};

struct CtpImport {
    std::string toml;  ///< A rule file can take it as it is.
    std::size_t devices = 0;
    /// Sections that are not in `toml`: nothing is left out without a word.
    std::vector<CtpProblem> problems;
};

/// Never fails as a whole: a section that cannot be said in a rule file is a problem with its line.
CtpImport import_ctp_script(std::string_view script);

}  // namespace efface::rules
