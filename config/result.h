// Result<T>: a value, or the reason there is none and what the node does about it.
//
// An Error is made of literals and numbers only, so it cannot carry patient data into a log, a
// reply or an audit row. Fault names the reaction, in one vocabulary for the whole node.
// Thread rule: values; no shared state.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace efface {

/// What the node does about an error.
enum class Fault : std::uint8_t {
    kRetry,       ///< Try again later: disk full, peer down. On the wire 0xA700.
    kRefuse,      ///< Say no to the peer or the operator; no job is made.
    kQuarantine,  ///< Hold the instance, audit the reason, never forward it.
    kHalt,        ///< The node drains and exits non-zero: audit chain broken, key missing.
};

/// "retry", "refuse", "quarantine" or "halt".
std::string_view fault_name(Fault fault);

/// A text known at compile time. The consteval constructor is what keeps patient data out of errors.
class Literal {
public:
    template <std::size_t N>
    consteval Literal(const char (&text)[N]) : text_{text, N - 1} {}  // NOLINT(google-explicit-constructor)

    constexpr std::string_view view() const { return text_; }

    constexpr friend bool operator==(Literal a, Literal b) { return a.text_ == b.text_; }

private:
    std::string_view text_;
};

/// Where an error was met: a tag (printed "(gggg,eeee)"), or a named number such as an errno.
struct Where {
    enum class Kind : std::uint8_t { kNothing, kTag, kNumber };
    Kind kind = Kind::kNothing;
    std::int64_t value = 0;

    static constexpr Where nothing() { return {}; }

    static constexpr Where tag(std::uint32_t tag) { return {Kind::kTag, tag}; }

    static constexpr Where number(std::int64_t number) { return {Kind::kNumber, number}; }
};

/// Why there is no value. `text` says what is wrong and, where someone can act, what to do next.
struct Error {
    Fault fault = Fault::kHalt;
    Literal text{""};
    Where where = {};

    /// "text (0010,0010)" or "text (28)".
    std::string message() const;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};

/// Success, or an Error.
using Status = Result<void>;

inline tl::unexpected<Error> fail(Fault fault, Literal text, Where where = {}) {
    return tl::unexpected<Error>(Error{fault, text, where});
}

}  // namespace efface

#define EFFACE_CONCAT_INNER(a, b) a##b
#define EFFACE_CONCAT(a, b) EFFACE_CONCAT_INNER(a, b)

/// Returns the error of a Status to the caller, or goes on.
#define EFFACE_CHECK(expression)                                           \
    do {                                                                   \
        if (auto efface_status = (expression); !efface_status) {           \
            return tl::unexpected<::efface::Error>(efface_status.error()); \
        }                                                                  \
    } while (false)

/// EFFACE_TRY(const Uid uid, parse(text)): declares uid, or returns the error to the caller.
#define EFFACE_TRY(declaration, expression)                                                   \
    auto EFFACE_CONCAT(efface_try_, __LINE__) = (expression);                                 \
    if (!EFFACE_CONCAT(efface_try_, __LINE__)) {                                              \
        return tl::unexpected<::efface::Error>(EFFACE_CONCAT(efface_try_, __LINE__).error()); \
    }                                                                                         \
    declaration = std::move(*EFFACE_CONCAT(efface_try_, __LINE__))
