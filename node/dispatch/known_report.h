// What the node itself knows of a cleaned instance, put in place of what its cleaner claims. A cleaner
// parses hostile data: where an instance goes, what holds it and who it is from now on must not be its
// word. Destinations, hold and pixel policy are the governing rule's (the gate found that rule itself and
// compared its name); the new identity is what the gate read in the file that it passed.
// Thread rule: a pure function.
#pragma once

#include "config/result.h"
#include "node/workers/worker_pool.h"
#include "rules/matching/rule_set.h"

namespace efface::node {

/// `result` passed the gate under the rules that `order` names. Of the cleaner's report only the action
/// counts and its literal facts are left. Fault::kQuarantine: the report contradicts what is known.
Status replace_claims(UnitResult& result, const pipeline::WorkOrder& order, const rules::RuleSet& rules);

}  // namespace efface::node
