// What an operator typed, turned into values; what cannot be is printed.
// Thread rule: as the command line.
#pragma once

#include "node/cli/command.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace efface::node {

/// A whole number, or `fallback` where the option was not given.
tl::expected<std::uint64_t, Exit> typed_number(
    Output& output, const Arguments& arguments, std::string_view name, std::uint64_t fallback
);
/// One or more job numbers.
tl::expected<std::vector<std::uint64_t>, Exit> typed_jobs(Output& output, const Arguments& arguments);
/// Microseconds since 1970, or 0 where the option was not given.
tl::expected<std::int64_t, Exit> typed_time(
    Output& output, const Arguments& arguments, std::string_view name
);

inline constexpr std::uint64_t kDefaultLimit = 100;

}  // namespace efface::node
