// DeviceTemplate: where a kind of device writes text into its images, as a rule file's [[device]] says it or
// as rules/library/devices/ ships it. A template says where text is, never that there is none elsewhere: what
// it leaves is searched all the same. Thread rule: const after parsing; safe to share.
#pragma once

#include "rules/matching/region.h"

#include <memory>
#include <string>
#include <vector>

namespace efface::rules {

struct Predicate;

struct DeviceTemplate {
    std::string name;
    std::string description;
    std::shared_ptr<const Predicate> match;
    std::vector<Region> blacken;
};

}  // namespace efface::rules
