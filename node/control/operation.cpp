#include "node/control/operation.h"

#include <array>

namespace efface::node {

namespace {

struct CodeName {
    ControlCode code;
    std::string_view name;
};

constexpr std::array kCodes{
    CodeName{ControlCode::kUsage, "usage"},       CodeName{ControlCode::kNotFound, "not-found"},
    CodeName{ControlCode::kRefused, "refused"},   CodeName{ControlCode::kUnavailable, "unavailable"},
    CodeName{ControlCode::kInternal, "internal"},
};

}  // namespace

std::string_view control_code_name(ControlCode code) {
    for (const CodeName& row : kCodes) {
        if (row.code == code) {
            return row.name;
        }
    }
    return "internal";
}

std::optional<ControlCode> find_control_code(std::string_view name) {
    for (const CodeName& row : kCodes) {
        if (row.name == name) {
            return row.code;
        }
    }
    return std::nullopt;
}

tl::unexpected<ControlError> control_error(ControlCode code, std::string text) {
    return tl::unexpected<ControlError>(ControlError{code, std::move(text)});
}

tl::unexpected<ControlError> control_error(const Error& error) {
    switch (error.fault) {
        case Fault::kRefuse:
        case Fault::kQuarantine:
            return control_error(ControlCode::kRefused, error.message());
        case Fault::kRetry:
        case Fault::kHalt:
            return control_error(ControlCode::kInternal, error.message());
    }
    return control_error(ControlCode::kInternal, error.message());
}

std::string Operator::text() const {
    return name + " (" + std::to_string(uid) + ")";
}

}  // namespace efface::node
