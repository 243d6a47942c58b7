#include "rules/matching/ctp_script.h"

#include "rules/matching/ctp_signature.h"
#include "rules/matching/device_parser.h"

#include <charconv>
#include <optional>

namespace efface::rules {
namespace {

constexpr std::size_t kScriptBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kProblemsMax = 1000;
constexpr std::size_t kTitleCharactersMax = 120;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlank);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// The last line of the comment before a section.
std::string_view title_of(std::string_view comment) {
    comment = trimmed(comment);
    const std::size_t line = comment.rfind('\n');
    return trimmed(line == std::string_view::npos ? comment : comment.substr(line + 1))
        .substr(0, kTitleCharactersMax);
}

class ScriptReader {
public:
    explicit ScriptReader(std::string_view script) : script_{script} {}

    CtpImport read() {
        if (script_.size() > kScriptBytesMax) {
            problem(0, "a script of more than 1 MiB");
            return std::move(import_);
        }
        while (at_ < script_.size() && import_.problems.size() < kProblemsMax) {
            const std::size_t comment = at_;
            at_ = std::min(script_.find_first_of("{(", at_), script_.size());
            if (at_ == script_.size()) {
                break;
            }
            if (script_[at_] == '(') {
                problem(at_, "a region without a signature before it");
                skip_regions();
                continue;
            }
            read_section(title_of(script_.substr(comment, at_ - comment)));
        }
        return std::move(import_);
    }

private:
    void problem(std::size_t at, std::string text) {
        const auto line =
            1 + std::count(script_.begin(), script_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        import_.problems.push_back({static_cast<std::uint32_t>(line), std::move(text)});
    }

    void read_section(std::string_view title) {
        const std::size_t begin = at_ + 1;
        const std::size_t end = script_.find('}', begin);
        if (end == std::string_view::npos) {
            problem(at_, "'{' without '}'");
            at_ = script_.size();
            return;
        }
        at_ = end + 1;
        std::string regions;
        const bool right = read_regions(regions);
        try {
            const std::string condition = ctp_condition(script_.substr(begin, end - begin));
            if (!right || regions.empty()) {
                problem(begin, regions.empty() && right ? "a signature without a region" : "not a region");
                return;
            }
            write(begin, title, condition, regions);
        } catch (const CtpError& error) {
            problem(begin + error.at, error.text);
        }
    }

    /// What was written is read again as a rule file would.
    void write(
        std::size_t at, std::string_view title, const std::string& condition, const std::string& regions
    ) {
        const std::string table = "[[device]]\nname = \"ctp-" + std::to_string(import_.devices + 1) +
                                  "\"\ndescription = " + toml_text(title) + "\nmatch = { and = [" +
                                  condition + "] }\nblacken = [" + regions + "]\n";
        const toml::parse_result parsed = toml::parse(table);
        if (!parsed) {
            problem(at, "cannot be written as TOML");
            return;
        }
        try {
            const auto& devices = *parsed.table()["device"].as_array();
            static_cast<void>(parse_device(*devices.get(0)->as_table(), "script"));
        } catch (const Diagnostic& diagnostic) {
            problem(at, diagnostic.text);
            return;
        }
        import_.toml += (import_.toml.empty() ? "" : "\n") + table;
        ++import_.devices;
    }

    /// False: what follows a signature is no region; it is skipped.
    bool read_regions(std::string& regions) {
        bool right = true;
        for (;;) {
            const std::size_t next = script_.find_first_not_of(" \t\r\n", at_);
            if (next == std::string_view::npos || script_[next] != '(') {
                return right;
            }
            at_ = next;
            const std::optional<std::string> region = read_region();
            right = right && region;
            regions += regions.empty() || !region ? "" : ", ";
            regions += region.value_or("");
        }
    }

    std::optional<std::string> read_region() {
        const std::size_t begin = at_ + 1;
        const std::size_t end = script_.find(')', begin);
        if (end == std::string_view::npos) {
            at_ = script_.size();
            return std::nullopt;
        }
        at_ = end + 1;
        std::string text = "[";
        std::string_view rest = script_.substr(begin, end - begin);
        for (int i = 0; i < 4; ++i) {
            const std::size_t comma = i < 3 ? rest.find(',') : rest.size();
            if (comma == std::string_view::npos) {
                return std::nullopt;
            }
            const std::string_view digits = trimmed(rest.substr(0, comma));
            std::uint32_t number = 0;
            const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
            if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
                return std::nullopt;
            }
            text += (i == 0 ? "" : ", ") + std::to_string(number);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
        return text + "]";
    }

    void skip_regions() {
        std::string ignored;
        read_regions(ignored);
    }

    std::string_view script_;
    std::size_t at_ = 0;
    CtpImport import_;
};

}  // namespace

CtpImport import_ctp_script(std::string_view script) {
    return ScriptReader{script}.read();
}

}  // namespace efface::rules
