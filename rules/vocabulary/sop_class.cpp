// The storage SOP classes, from the generated table. Pure.
#include "rules/vocabulary/sop_class.h"

namespace efface::rules {
namespace {

constexpr std::array kStorageSopClasses = std::to_array<SopClass>({
#include "rules/vocabulary/storage_sop_classes.inc"
});

}  // namespace

std::span<const SopClass> storage_sop_classes() {
    return kStorageSopClasses;
}

const SopClass* find_storage_sop_class(std::string_view uid) {
    const auto* row = std::lower_bound(
        kStorageSopClasses.begin(), kStorageSopClasses.end(), uid,
        [](const SopClass& a, std::string_view value) { return a.uid < value; }
    );
    return row != kStorageSopClasses.end() && row->uid == uid ? row : nullptr;
}

}  // namespace efface::rules
