// UIDs: the syntax of PS3.5 9.1 and the values registered in PS3.6 annex A. Pure.
#include "rules/vocabulary/uid.h"

namespace efface::rules {
namespace {

constexpr std::array kRegisteredUids = std::to_array<std::string_view>({
#include "rules/vocabulary/registered_uids.inc"
});

constexpr bool ascends() {
    for (std::size_t i = 1; i < kRegisteredUids.size(); ++i) {
        if (kRegisteredUids[i - 1] >= kRegisteredUids[i]) {
            return false;
        }
    }
    return true;
}

static_assert(ascends(), "binary search needs the order");

std::string_view without_padding(std::string_view text) {
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    return text;
}

/// Components of digits between single dots; none empty, none with a leading zero unless it is "0".
bool is_valid(std::string_view text) {
    if (text.empty() || text.size() > kUidCharactersMax) {
        return false;
    }
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] != '.') {
            if (text[i] < '0' || text[i] > '9') {
                return false;
            }
            continue;
        }
        const std::size_t length = i - start;
        if (length == 0 || (length > 1 && text[start] == '0')) {
            return false;
        }
        start = i + 1;
    }
    return true;
}

}  // namespace

std::optional<Uid> Uid::parse(std::string_view text) {
    const std::string_view value = without_padding(text);
    if (!is_valid(value)) {
        return std::nullopt;
    }
    return Uid{std::string{value}};
}

bool is_registered_uid(std::string_view uid) {
    return std::binary_search(kRegisteredUids.begin(), kRegisteredUids.end(), without_padding(uid));
}

}  // namespace efface::rules
