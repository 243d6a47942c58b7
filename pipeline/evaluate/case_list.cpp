#include "pipeline/evaluate/case_list.h"

#include "config/json.h"

#include <algorithm>
#include <set>

namespace efface::pipeline {
namespace {

constexpr std::size_t kWordBytesMax = 32;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kPathBytesMax = 255;

bool is_word_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// The text of a member, "" where it is none.
std::string text_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kNameBytesMax &&
           std::ranges::all_of(text, [](char c) { return is_word_letter(c) || c == '.'; });
}

Result<EvaluationCase> read_case(std::string_view text, std::uint64_t line) {
    const Where here = Where::number(static_cast<std::int64_t>(line));
    if (text.size() > kCaseLineBytesMax) {
        return fail(Fault::kRefuse, "a case of more than 4096 bytes; one object a line, line", here);
    }
    const auto json = parse_json(text);
    if (!json || !json->is_object()) {
        return fail(Fault::kRefuse, "a case that is no JSON object; write one a line, line", here);
    }
    EvaluationCase one{
        .name = text_member(*json, "name"),
        .kind = text_member(*json, "kind"),
        .occlusion = text_member(*json, "occlusion"),
        .truth = text_member(*json, "truth"),
        .mask = text_member(*json, "mask"),
        .line = line};
    if (!is_name(one.name)) {
        return fail(
            Fault::kRefuse,
            "a case without a name of 1 to 64 letters, digits, '-', '_', '.'; give it one, line", here
        );
    }
    if (!is_case_word(one.kind) || !is_case_word(one.occlusion)) {
        return fail(
            Fault::kRefuse,
            "a case whose kind or occlusion is no word of 1 to 32 letters, digits, '-', '_'; write both, "
            "line",
            here
        );
    }
    if (!is_path_within(one.truth) || !is_path_within(one.mask)) {
        return fail(
            Fault::kRefuse,
            "a case whose truth or mask is no relative path without \"..\"; name files below the folder, "
            "line",
            here
        );
    }
    const auto bits = json->find("bits");
    one.bits = bits != json->end() && bits->is_number_unsigned() ? bits->get<std::uint64_t>() : 0;
    if (one.bits != 8 && one.bits != 16) {
        return fail(
            Fault::kRefuse, "a case whose bits are neither 8 nor 16; write those of truth, line", here
        );
    }
    return one;
}

}  // namespace

bool is_case_word(std::string_view text) {
    return !text.empty() && text.size() <= kWordBytesMax && std::ranges::all_of(text, is_word_letter);
}

bool is_path_within(std::string_view path) {
    if (path.empty() || path.size() > kPathBytesMax || path.front() == '/' ||
        std::ranges::any_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
        return false;
    }
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t to = std::min(path.find('/', from), path.size());
        const std::string_view part = path.substr(from, to - from);
        if (part.empty() || part == "." || part == "..") {
            return false;
        }
        from = to + 1;
    }
    return true;
}

Result<std::vector<EvaluationCase>> read_case_list(std::string_view text) {
    std::vector<EvaluationCase> cases;
    std::set<std::string> names;
    std::set<std::string> kinds;
    std::uint64_t line = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        std::string_view one = text.substr(from, to - from);
        from = to + 1;
        ++line;
        if (one.ends_with('\r')) {
            one.remove_suffix(1);
        }
        if (one.empty()) {
            continue;
        }
        EFFACE_TRY(EvaluationCase read, read_case(one, line));
        const Where here = Where::number(static_cast<std::int64_t>(line));
        if (!names.insert(read.name).second) {
            return fail(Fault::kRefuse, "a name that another case has; give each its own, line", here);
        }
        kinds.insert(read.kind);
        if (kinds.size() > kCaseKindsMax) {
            return fail(Fault::kRefuse, "more than 32 kinds; put some together, line", here);
        }
        if (cases.size() == kCasesMax) {
            return fail(Fault::kRefuse, "more than 20000 cases; judge them in parts, line", here);
        }
        cases.push_back(std::move(read));
    }
    if (cases.empty()) {
        return fail(Fault::kRefuse, "a list without a case; docs/evaluation.md says how one is written");
    }
    return cases;
}

}  // namespace efface::pipeline
