// The report as one page that opens anywhere and asks nobody for anything: styles inside, no script.
#include "node/control/study_report.h"

#include <array>

namespace efface::node {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string text_of(const Json& value) {
    if (value.is_string()) {
        return escaped(value.get_ref<const std::string&>());
    }
    return value.is_null() ? std::string{} : escaped(dump_json(value));
}

/// "a 3, b 4".
std::string counts_text(const Json& counts) {
    std::string out;
    for (const auto& [name, count] : counts.items()) {
        out += (out.empty() ? "" : ", ") + escaped(name) + "&nbsp;" + text_of(count);
    }
    return out.empty() ? "none" : out;
}

std::string row(std::string_view tag, const std::vector<std::string>& cells) {
    std::string out = "<tr>";
    for (const std::string& cell : cells) {
        out += "<" + std::string{tag} + ">" + cell + "</" + std::string{tag} + ">";
    }
    return out + "</tr>\n";
}

std::string fact(std::string_view name, const std::string& value) {
    return "<tr><th scope=\"row\">" + std::string{name} + "</th><td>" + value + "</td></tr>\n";
}

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Efface: study report</title>
<style>
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c2530}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .7rem .3rem 0;
border-bottom:1px solid #d8dee6}thead th{border-bottom:2px solid #8796a8}code{font-size:.86em;word-break:break-all}
.facts th{width:16rem;font-weight:600}.note{color:#55636f}
.wide{overflow-x:auto}@media print{body{max-width:none;margin:0}}
</style></head><body>
)";

constexpr std::array kActionMeanings{
    std::pair{"D", "replaced by a dummy"},
    std::pair{"Z", "emptied"},
    std::pair{"X", "removed"},
    std::pair{"K", "kept"},
    std::pair{"C", "cleaned"},
    std::pair{"U", "UID mapped"},
};

std::string actions_text(const Json& actions) {
    std::string out;
    for (const auto& [code, meaning] : kActionMeanings) {
        if (actions.contains(code)) {
            out += (out.empty() ? "" : ", ") + text_of(actions[code]) + "&nbsp;" + meaning;
        }
    }
    return out.empty() ? "none" : out;
}

std::string facts_table(const Json& report) {
    std::string hashes;
    for (const Json& hash : report["study_hashes"]) {
        hashes += "<code>" + text_of(hash) + "</code> ";
    }
    const Json& summary = report["summary"];
    const Json& audit = report["audit"];
    std::string out = "<table class=\"facts\">\n";
    out += fact("New Study Instance UID", "<code>" + text_of(report["new_study_uid"]) + "</code>");
    out += fact("Keyed hash of the original", hashes);
    out += fact(
        "Instances", text_of(summary["instances"]) + ", of which cleaned " + text_of(summary["cleaned"])
    );
    out += fact("State now", counts_text(summary["states"]));
    out += fact("Rules", counts_text(report["rules"]));
    out += fact("Attributes, all instances", actions_text(report["actions"]));
    out += fact("Pixel policy", counts_text(report["pixel_policies"]));
    out += fact("PS3.15 Table E.1-1 edition", counts_text(report["table_editions"]));
    out += fact("Rule digests", "<code>" + counts_text(report["rule_digests"]) + "</code>");
    out += fact(
        "Audit rows", text_of(audit["rows"]) + " (" + text_of(audit["first_seq"]) + " to " +
                          text_of(audit["last_seq"]) + ")"
    );
    return out + "</table>\n";
}

std::string decisions_table(const Json& decisions) {
    if (decisions.empty()) {
        return "<p class=\"note\">No operator decided anything about this study.</p>\n";
    }
    std::string out =
        "<table><thead>" + row("th", {"When", "Who", "What", "Job", "Why"}) + "</thead><tbody>\n";
    for (const Json& decision : decisions) {
        out +=
            row("td", {text_of(decision["at"]),
                       text_of(decision["operator"]) + " (" + text_of(decision["uid"]) + ")",
                       text_of(decision["event"]), text_of(decision["job"]), text_of(decision["reason"])});
    }
    return out + "</tbody></table>\n";
}

std::string deliveries_text(const Json& instance) {
    std::string out;
    for (const Json& delivery : instance["deliveries"]) {
        out += text_of(delivery["destination"]) + ": " + text_of(delivery["outcome"]) + " " +
               text_of(delivery["at"]) + "<br>";
    }
    if (!instance["purged_at"].is_null()) {
        out += "files purged " + text_of(instance["purged_at"]);
    }
    return out;
}

std::string pixels_text(const Json& instance) {
    std::string out = text_of(instance["pixel_policy"]);
    for (const Json& statement : instance["facts"]) {
        out += "<br>" + text_of(statement);
    }
    if (const std::string uid = text_of(instance["mask_segmentation"]); !uid.empty()) {
        out += "<br>the mask is Segmentation <code>" + uid + "</code>";
    }
    return out;
}

std::string instances_table(const Json& report) {
    std::string out = "<div class=\"wide\"><table><thead>" +
                      row("th", {"Job", "Received", "New SOP Instance UID", "State", "Rule", "Attributes",
                                 "Pixels", "Deliveries"}) +
                      "</thead><tbody>\n";
    for (const Json& instance : report["instances"]) {
        const std::string reason = text_of(instance["reason"]);
        out += row(
            "td",
            {text_of(instance["job"]), text_of(instance["received_at"]) + "<br>" + text_of(instance["peer"]),
             "<code>" + text_of(instance["new_instance_uid"]) + "</code>",
             text_of(instance["state"]) + (reason.empty() ? "" : ": " + reason), text_of(instance["rule"]),
             actions_text(instance["actions"]), pixels_text(instance), deliveries_text(instance)}
        );
    }
    out += "</tbody></table></div>\n";
    if (report["instances_left_out"] != 0) {
        out += "<p class=\"note\">" + text_of(report["instances_left_out"]) +
               " further instances are not listed.</p>\n";
    }
    return out;
}

}  // namespace

std::string report_html(const Json& report) {
    std::string page{kHead};
    page += "<h1>Study report</h1>\n<p class=\"note\">Made " + text_of(report["made_at"]) + " by Efface ";
    page += text_of(report["software_version"]);
    page += " from its audit. Originals appear as keyed hashes; no patient data is on this page. ";
    page += "Times are UTC.</p>\n";
    page += facts_table(report);
    page += "<h2>Operators' decisions</h2>\n";
    page += decisions_table(report["decisions"]);
    page += "<h2>Instances</h2>\n";
    page += instances_table(report);
    page += "</body></html>\n";
    return page;
}

}  // namespace efface::node
