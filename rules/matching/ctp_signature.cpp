#include "rules/matching/ctp_signature.h"

#include "rules/profile/profile.h"

#include <re2/re2.h>

#include <array>
#include <functional>

namespace efface::rules {
namespace {

constexpr int kDepthMax = 6;  ///< Conditions of a rule file nest no deeper than 8.

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string test(const std::string& path, std::string_view kind, const std::string& value) {
    return "{ attribute = { path = " + toml_text(path) + ", " + std::string{kind} + " = " + value + " } }";
}

/// CTP reads an absent attribute as an empty text.
std::string is_empty(const std::string& path) {
    return "{ or = [" + test(path, "absent", "true") + ", " + test(path, "equals", "\"\"") + "] }";
}

std::string quoted(std::string_view text) {
    return re2::RE2::QuoteMeta(re2::StringPiece{text.data(), text.size()});
}

struct Method {
    std::string_view name;
    std::string_view before;
    std::string_view after;
    bool is_pattern = false;  ///< The argument is an expression itself.
};

/// Java's matches() asks of the whole text; case is ignored by (?i).
constexpr std::array kMethods{
    Method{"equals", "^", "$"},
    Method{"equalsIgnoreCase", "(?i)^", "$"},
    Method{"matches", "^(?:", ")$", true},
    Method{"contains", "", ""},
    Method{"containsIgnoreCase", "(?i)", ""},
    Method{"startsWith", "^", ""},
    Method{"startsWithIgnoreCase", "(?i)^", ""},
    Method{"endsWith", "", "$"},
    Method{"endsWithIgnoreCase", "(?i)", "$"},
};

class SignatureParser {
public:
    explicit SignatureParser(std::string_view text) : text_{text} {}

    std::string parse() {
        std::string condition = parse_or(0);
        skip();
        if (at_ != text_.size()) {
            wrong("an operator '+' or '*' is expected here");
        }
        return condition;
    }

private:
    [[noreturn]] void wrong(std::string text) const { throw CtpError{at_, std::move(text)}; }

    /// White space, and comments to the end of the line.
    void skip() {
        for (;;) {
            while (at_ < text_.size() && is_space(text_[at_])) {
                ++at_;
            }
            if (text_.substr(at_, 2) != "//") {
                return;
            }
            at_ = std::min(text_.find('\n', at_), text_.size());
        }
    }

    bool take(char wanted) {
        skip();
        if (at_ < text_.size() && text_[at_] == wanted) {
            ++at_;
            return true;
        }
        return false;
    }

    void expect(char wanted) {
        if (!take(wanted)) {
            wrong(std::string{"'"} + wanted + "' is expected here");
        }
    }

    std::string list(char separator, std::string_view key, const std::function<std::string()>& part) {
        std::string first = part();
        std::string all = first;
        std::size_t count = 1;
        while (take(separator)) {
            all += ", " + part();
            ++count;
        }
        return count == 1 ? first : "{ " + std::string{key} + " = [" + all + "] }";
    }

    // Recursion is bounded by kDepthMax.
    std::string parse_or(int depth) {
        if (depth > kDepthMax) {
            wrong("parentheses nest too deep");
        }
        return list('+', "or", [&] { return list('*', "and", [&] { return parse_factor(depth); }); });
    }

    std::string parse_factor(int depth) {
        if (take('!')) {
            if (depth > kDepthMax) {
                wrong("negations nest too deep");
            }
            return "{ not = " + parse_factor(depth + 1) + " }";
        }
        if (take('(')) {
            std::string inner = parse_or(depth + 1);
            expect(')');
            return inner;
        }
        return parse_test();
    }

    std::string parse_test() {
        skip();
        for (const std::string_view word : {"true.", "false."}) {
            if (text_.substr(at_, word.size()) == word) {
                wrong("'" + std::string{word} + "' names no device");
            }
        }
        const std::string path = parse_path();
        expect('.');
        const Method& method = parse_method();
        const std::string argument = parse_argument();
        if (argument.empty() && method.name != "equals" && method.name != "equalsIgnoreCase") {
            wrong("an empty text says nothing here");
        }
        if (argument.empty()) {
            return is_empty(path);
        }
        if (method.name == "equals") {
            return test(path, "equals", toml_text(argument));
        }
        const std::string body = method.is_pattern ? argument : quoted(argument);
        return test(
            path, "matches", toml_text(std::string{method.before} + body + std::string{method.after})
        );
    }

    std::string parse_name() {
        skip();
        const std::size_t begin = at_;
        if (take('[')) {
            at_ = std::min(text_.find(']', at_), text_.size());
            const std::string tag{text_.substr(begin + 1, at_ - begin - 1)};
            expect(']');
            return "(" + tag + ")";
        }
        while (at_ < text_.size() && is_word(text_[at_])) {
            ++at_;
        }
        if (at_ == begin) {
            wrong("a keyword or [gggg,eeee] is expected here");
        }
        return std::string{text_.substr(begin, at_ - begin)};
    }

    std::string parse_path() {
        std::string path = parse_name();
        while (text_.substr(at_, 2) == "::") {
            at_ += 2;
            path += "/" + parse_name();
        }
        if (!parse_override_key(path)) {
            wrong("'" + path + "' names no attribute of the standard");
        }
        return path;
    }

    const Method& parse_method() {
        const std::string name = parse_name();
        const auto* method = std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& known) {
            return known.name == name;
        });
        if (method == kMethods.end()) {
            wrong("the method '" + name + "' has no counterpart in a rule file");
        }
        return *method;
    }

    std::string parse_argument() {
        expect('(');
        expect('"');
        std::string argument;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                ++at_;
            }
            argument += text_[at_];
        }
        expect('"');
        expect(')');
        return argument;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string ctp_condition(std::string_view signature) {
    return SignatureParser{signature}.parse();
}

std::string toml_text(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c >= ' ' && c <= '~' ? c : '?';
    }
    return result + "\"";
}

}  // namespace efface::rules
