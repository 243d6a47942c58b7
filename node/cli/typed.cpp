#include "node/cli/typed.h"

#include "node/control/time_text.h"

#include <charconv>
#include <optional>

namespace efface::node {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    constexpr std::uint64_t kMax = ~std::uint64_t{0} >> 1U;
    const bool whole = error == std::errc{} && end == text.data() + text.size() && number <= kMax;
    return whole && !text.empty() ? std::optional{number} : std::nullopt;
}

}  // namespace

tl::expected<std::uint64_t, Exit> typed_number(
    Output& output, const Arguments& arguments, std::string_view name, std::uint64_t fallback
) {
    if (!arguments.has(name)) {
        return fallback;
    }
    const auto number = parse_number(arguments.text(name));
    if (!number) {
        output.error(std::string{name} + " wants a whole number, not '" + arguments.text(name) + "'");
        return tl::unexpected(Exit::kUsage);
    }
    return *number;
}

tl::expected<std::vector<std::uint64_t>, Exit> typed_jobs(Output& output, const Arguments& arguments) {
    std::vector<std::uint64_t> jobs;
    for (const std::string& text : arguments.texts("JOB")) {
        const auto number = parse_number(text);
        if (!number || *number == 0) {
            output.error("'" + text + "' is no job number");
            return tl::unexpected(Exit::kUsage);
        }
        jobs.push_back(*number);
    }
    return jobs;
}

tl::expected<std::int64_t, Exit> typed_time(
    Output& output, const Arguments& arguments, std::string_view name
) {
    if (!arguments.has(name)) {
        return 0;
    }
    const auto at = parse_time(arguments.text(name));
    if (!at || *at <= 0) {
        output.error(
            std::string{name} + " wants a time such as 2026-01-31 or 2026-01-31T14:00Z, not '" +
            arguments.text(name) + "'"
        );
        return tl::unexpected(Exit::kUsage);
    }
    return *at;
}

}  // namespace efface::node
