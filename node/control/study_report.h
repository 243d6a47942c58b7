// StudyReport: what happened to a study, from its audit rows: received, rule, actions, pixels, operators'
// decisions, deliveries, purge. One JSON object, and one HTML page made from it alone.
//
//   {"report":"efface-study-report/1","made_at","software_version","new_study_uid","study_hashes":[],
//    "summary":{"instances","cleaned","delivered","quarantined","discarded","purged"},
//    "actions":{"D":n,...},"rules":{name:n},"pixel_policies":{name:n},"table_editions":[],"rule_digests":[],
//    "instances":[{"job","instance_hash","new_instance_uid","received_at","peer","project","rule",
//                  "pixel_policy","actions","facts","software_version","rule_digest","output_digest",
//                  "mask_segmentation","state","reason",
//                  "deliveries":[{"destination","at","outcome","mask_segmentation"}],"purged_at"}],
//    "decisions":[{"seq","at","event","operator","uid","reason","job"}],
//    "audit":{"rows","first_seq","last_seq"}}
//
// Everything comes from the audit, which holds no identity of an original; so neither does a report.
// Thread rule: a StudyReport belongs to one thread; the functions are pure.
#pragma once

#include "config/environment.h"
#include "config/json.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace efface::node {

/// Instances listed one by one at most; the rest are counted.
inline constexpr std::size_t kReportInstancesMax = 20'000;

class StudyReport {
public:
    /// Takes the study's audit rows in order, as audit.query gives them.
    void add(const Json& row);

    bool empty() const { return rows_ == 0; }

    Json finish(std::string_view software_version, UnixMicros now) const;

private:
    Json& instance_of(const Json& row);
    void add_instance_row(const std::string& event, const Json& row);
    void add_cleaned(Json& instance, const Json& row);

    std::uint64_t rows_ = 0;
    std::uint64_t first_seq_ = 0;
    std::uint64_t last_seq_ = 0;
    std::string new_study_uid_;
    std::map<std::string, bool> study_hashes_;
    std::map<std::uint64_t, Json> instances_;
    std::uint64_t instances_left_out_ = 0;
    Json overflow_;
    Json decisions_ = Json::array();
};

/// One self-contained page: no script, no request to anywhere.
std::string report_html(const Json& report);

}  // namespace efface::node
