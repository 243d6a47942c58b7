// Attribute Types of PS3.3 by SOP class and path, from the generated tables: a path is found by its
// hash and then compared, so that a path outside the tables is never taken for one of them. Pure.
#include "rules/profile/table.h"

namespace efface::rules {
namespace {

struct PathKey {
    std::uint64_t hash;
    std::uint16_t offset;
    std::uint16_t length;
};

struct ClassTypes {
    std::string_view uid;
    std::uint16_t set;
};

constexpr PathKey kKeys[] = {
#include "rules/profile/attribute_type_keys.inc"
};

constexpr std::uint32_t kPaths[] = {
#include "rules/profile/attribute_type_paths.inc"
};

constexpr std::string_view kSets[] = {
#include "rules/profile/attribute_type_sets.inc"
};

constexpr ClassTypes kClasses[] = {
#include "rules/profile/attribute_type_classes.inc"
};

constexpr std::string_view kReferenceListing[] = {
#include "rules/profile/reference_listing_classes.inc"
};

constexpr char kUnknown = '?';
constexpr char kNotDefined = '.';
constexpr std::size_t kPathLengthMax = 16;  ///< The longest path in the tables has 8 sequences.

/// The path and its attribute, a sequence that nests in itself standing once; empty where too long.
struct Steps {
    std::array<std::uint32_t, kPathLengthMax> tags{};
    std::size_t count = 0;
};

Steps steps_of(std::span<const Tag> path, Tag tag) {
    Steps steps;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (i > 0 && path[i] == path[i - 1]) {
            continue;
        }
        if (steps.count + 1 >= kPathLengthMax) {
            return {};
        }
        steps.tags[steps.count++] = path[i].value;
    }
    steps.tags[steps.count++] = tag.value;
    return steps;
}

/// The hash of generate_tables.py.
std::uint64_t hash_of(const Steps& steps) {
    std::uint64_t value = 0xCBF29CE484222325ULL;
    for (std::size_t i = 0; i < steps.count; ++i) {
        value = (value ^ steps.tags[i]) * 0x9E3779B97F4A7C15ULL;
        value ^= value >> 32U;
    }
    return value;
}

const PathKey* find_key(const Steps& steps) {
    const std::uint64_t hash = hash_of(steps);
    const auto* key =
        std::lower_bound(std::begin(kKeys), std::end(kKeys), hash, [](const PathKey& a, std::uint64_t value) {
            return a.hash < value;
        });
    const bool hit = key != std::end(kKeys) && key->hash == hash && key->length == steps.count &&
                     std::equal(kPaths + key->offset, kPaths + key->offset + key->length, steps.tags.begin());
    return hit ? key : nullptr;
}

const ClassTypes* find_class(std::string_view uid) {
    const auto* found = std::lower_bound(
        std::begin(kClasses), std::end(kClasses), uid,
        [](const ClassTypes& a, std::string_view value) { return a.uid < value; }
    );
    return found != std::end(kClasses) && found->uid == uid ? found : nullptr;
}

}  // namespace

char attribute_type(std::string_view sop_class_uid, std::span<const Tag> path, Tag tag) {
    const Steps steps = steps_of(path, tag);
    if (steps.count == 0) {
        return kUnknown;
    }
    const PathKey* key = find_key(steps);
    const ClassTypes* types = key != nullptr ? find_class(sop_class_uid) : nullptr;
    if (types == nullptr) {
        return kUnknown;
    }
    const char type = kSets[types->set][static_cast<std::size_t>(key - kKeys)];
    return type == kNotDefined ? kUnknown : type;
}

bool lists_references(std::string_view sop_class_uid) {
    return std::binary_search(std::begin(kReferenceListing), std::end(kReferenceListing), sop_class_uid);
}

}  // namespace efface::rules
