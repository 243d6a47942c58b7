// ArgumentReader: reads the arguments of an operation strictly: a wrong type, a value out of range and
// an unknown name are errors. The first error is kept; finish() gives it.
// Thread rule: a value; borrows the object.
#pragma once

#include "node/control/operation.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

class ArgumentReader {
public:
    explicit ArgumentReader(const Json& arguments) : arguments_{arguments} {}

    /// "" where it is absent.
    std::string text(std::string_view name, std::size_t bytes_max = 256);
    std::string required_text(std::string_view name, std::size_t bytes_max = 256);
    std::uint64_t number(std::string_view name, std::uint64_t fallback, std::uint64_t max);
    std::int64_t micros(std::string_view name);
    /// One to `count_max` numbers, none twice.
    std::vector<std::uint64_t> required_numbers(std::string_view name, std::size_t count_max);

    /// Nothing when all was well and no argument is left unread.
    std::optional<ControlError> finish();

private:
    const Json* take(std::string_view name);
    void note(std::string_view name, std::string_view what);

    const Json& arguments_;
    std::set<std::string, std::less<>> taken_;
    std::optional<ControlError> error_;
};

}  // namespace efface::node
