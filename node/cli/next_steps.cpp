#include "node/cli/next_steps.h"

#include "config/json.h"
#include "node/cli/output.h"
#include "pipeline/spool/spool.h"

#include <algorithm>
#include <array>

namespace efface::node {

namespace {

/// What a reason is about decides what helps. The first row whose text stands in the reason is taken.
enum class Remedy : std::uint8_t { kPixels, kRule, kProject, kLimits, kDisk, kGate, kFile };

struct RemedyRow {
    std::string_view text;  ///< Part of the reason.
    Remedy remedy;
};

constexpr std::array kRemedies{
    RemedyRow{"pixels may show", Remedy::kPixels},
    RemedyRow{"no rule matches", Remedy::kRule},
    RemedyRow{"rule that an operator named", Remedy::kRule},
    RemedyRow{"project is not configured", Remedy::kProject},
    RemedyRow{"every attempt failed", Remedy::kLimits},
    RemedyRow{"worker process", Remedy::kLimits},
    RemedyRow{"the lease ran out", Remedy::kLimits},
    RemedyRow{"memory", Remedy::kLimits},
    RemedyRow{"larger than a worker", Remedy::kLimits},
    RemedyRow{"missing from the spool", Remedy::kDisk},
    RemedyRow{"check the disk", Remedy::kDisk},
    RemedyRow{"length it was received with", Remedy::kDisk},
    RemedyRow{"gate: ", Remedy::kGate},
};

Remedy remedy_of(std::string_view reason) {
    const auto* found = std::ranges::find_if(kRemedies, [&](const RemedyRow& row) {
        return reason.find(row.text) != std::string_view::npos;
    });
    return found == kRemedies.end() ? Remedy::kFile : found->remedy;
}

class Steps {
public:
    explicit Steps(const NextStepContext& context)
        : context_{context}, id_{text_of(context.job, "job")}, reason_{text_of(context.job, "reason")} {}

    std::vector<std::string> quarantined();
    std::vector<std::string> conflict();
    std::vector<std::string> undelivered();

private:
    void say(std::string text) { lines_.push_back("  " + std::move(text)); }

    void command(const std::string& text) { lines_.push_back("    " + context_.efface + " " + text); }

    void release(const std::string& options = "") {
        command("quarantine release " + id_ + options + " --reason 'WHY'");
    }

    void discard(const std::string& what) {
        say(what);
        command("quarantine discard " + id_ + " --reason 'WHY'");
    }

    void explain() {
        const std::string name = text_of(context_.job, "spool_file");
        if (pipeline::is_spool_name(name)) {
            command("rules explain '" + pipeline::original_path(context_.spool_directory, name) + "'");
        }
    }

    std::string project_name() const { return text_of(context_.job, "project"); }

    void pixels();
    void add_pixels_rule();
    void rule();
    void project();
    void limits();
    void disk();
    void gate();
    void file();

    const NextStepContext& context_;
    std::string id_;
    std::string reason_;
    std::vector<std::string> lines_;
};

void Steps::pixels() {
    say("Nothing proves these pixels clean. If your site decides so, a rule can have the text and the faces "
        "that");
    say("detectors find blackened (pixel_policy = \"remove-found\"), or, if somebody looked at them, send "
        "them as");
    say("they are (\"header-only\"). The attributes are cleaned either way, and it is audited:");
    bool any = false;
    if (context_.rules != nullptr) {
        for (const rules::Rule& rule : context_.rules->rules.rules()) {
            if (rule.pixel_policy != rules::PixelPolicy::kRequireClean) {
                release(" --rule " + rule.name);
                any = true;
            }
        }
    }
    if (!any) {
        add_pixels_rule();
    }
}

/// Where it is tried matters: behind a rule without conditions it could never be reached.
bool fits_at_the_end(const RuleFile& rules, const std::string& rule) {
    return rules::RuleSet::parse(rules.text + "\n" + rule, rules.name).has_value();
}

void Steps::add_pixels_rule() {
    const bool built_in = context_.rules == nullptr || context_.rules->name == "built-in";
    const std::string file = built_in ? "site-rules.toml" : context_.rules->name;
    const std::string rule = pixels_rule_toml(context_);
    const bool at_end = context_.rules == nullptr || fits_at_the_end(*context_.rules, rule);
    say("No rule of project " + project_name() + " does that yet.");
    if (built_in) {
        say("It runs on the built-in rules. Copy them:");
        command("rules example > " + file);
    }
    say(std::string{"Add "} +
        (at_end
             ? "at the end of " + file + ", where it takes what no other rule takes or what you send there:"
             : "to " + file + " above the rule without conditions; it then takes what it matches by itself:")
    );
    for (std::size_t begin = 0; begin < rule.size();) {
        const std::size_t end = rule.find('\n', begin);
        lines_.push_back("    " + rule.substr(begin, end - begin));
        begin = end + 1;
    }
    say("Then:");
    command("rules check " + file);
    if (built_in) {
        say("Put rules_file = \"" + file + "\", with its whole path, into [[project]] " + project_name() +
            " of the configuration.");
    }
    say("Start effaced again: rules are read at its start. Then:");
    release(" --rule " + std::string{kPixelsRuleName});
}

void Steps::rule() {
    say("See which conditions it misses, and which rules there are:");
    explain();
    command("rules list");
    say("Treat it under one of them:");
    release(" --rule NAME");
    say("Or add a rule to the project's rule file, start effaced again, and:");
    release();
}

void Steps::project() {
    say("Put [[project]] " + project_name() + " back into the configuration, start effaced again, and:");
    release();
}

void Steps::limits() {
    say("A worker died, hung or passed a limit on it. See [workers] in the configuration (memory_mb_max,");
    say("cpu_seconds_max, wall_seconds_max); after raising one start effaced again. Then try once more:");
    release();
}

void Steps::disk() {
    say("The spool lost it: look at its disk and file system, then at the rest of the node:");
    command("doctor");
    say("Have the sender send it again: the same bytes take the place of what was lost.");
}

void Steps::gate() {
    say("It was cleaned, and the gate found in the written file what must not be there: nothing was sent.");
    say("See what the rule does with each attribute:");
    explain();
    say("Take away the override that keeps it, or add one that removes it (" +
        std::string{"[rule.overrides]"} + "), start effaced");
    say("again, and release it. If no override explains it, report the reason as a defect of Efface.");
    release();
}

void Steps::file() {
    say("The instance cannot be read, cleaned or judged with certainty: see how far it gets.");
    explain();
    say("Have it sent again from the source, or in another transfer syntax. After a change of rules or of");
    say("Efface's version:");
    release();
}

std::vector<std::string> Steps::quarantined() {
    switch (remedy_of(reason_)) {
        case Remedy::kPixels:
            pixels();
            break;
        case Remedy::kRule:
            rule();
            break;
        case Remedy::kProject:
            project();
            break;
        case Remedy::kLimits:
            limits();
            break;
        case Remedy::kDisk:
            disk();
            break;
        case Remedy::kGate:
            gate();
            break;
        case Remedy::kFile:
            file();
            break;
    }
    discard("Or throw it away; it is never sent:");
    return std::move(lines_);
}

std::vector<std::string> Steps::conflict() {
    say("Other bytes came, or would be sent, under a SOP Instance UID that is known already.");
    say("These bytes count, the first do not (refused once anything of the first was sent):");
    release(" --as replacement");
    say("Both count; these get a UID of their own:");
    release(" --as new-instance");
    discard("The first count, these do not:");
    return std::move(lines_);
}

std::vector<std::string> Steps::undelivered() {
    const auto deliveries = context_.job.find("deliveries");
    if (deliveries != context_.job.end() && deliveries->is_array()) {
        for (const Json& delivery : *deliveries) {
            if (text_of(delivery, "state") == "failed_permanent") {
                const std::string name = text_of(delivery, "destination");
                say("The destination " + name +
                    " refused it for good: " + printable(text_of(delivery, "reason")));
                say("Put that right there, then send it again:");
                command("redeliver " + id_ + " --to " + name + " --reason 'WHY'");
            }
        }
    }
    say("To clean it anew, under the rules in force now:");
    release();
    discard("Or give up on it; what was delivered stays delivered:");
    return std::move(lines_);
}

/// As a TOML string: an AE title may hold quotes.
std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + "\"";
}

}  // namespace

std::string pixels_rule_toml(const NextStepContext& context) {
    std::string destination = "archive";
    if (context.rules != nullptr && !context.rules->rules.rules().empty()) {
        const auto& rules = context.rules->rules.rules();
        const std::string name = text_of(context.job, "rule");
        const auto governed = std::find_if(rules.begin(), rules.end(), [&](const rules::Rule& rule) {
            return rule.name == name;
        });
        destination = (governed == rules.end() ? rules.front() : *governed).destinations.front();
    }
    return "[[rule]]\nname = " + toml_string(kPixelsRuleName) +
           "\nmatch.sop_class = " + toml_string(text_of(context.job, "sop_class_uid")) +
           "\nmatch.calling_ae = " + toml_string(text_of(context.job, "calling_ae")) +
           "\npixel_policy = \"header-only\"\ndestinations = [" + toml_string(destination) + "]\n";
}

std::vector<std::string> next_steps(const NextStepContext& context) {
    const std::string state = text_of(context.job, "state");
    if (state == "undelivered") {
        return Steps{context}.undelivered();
    }
    if (state != "quarantined") {
        return {};
    }
    const bool conflict = context.job.value("conflict", false);
    return conflict ? Steps{context}.conflict() : Steps{context}.quarantined();
}

}  // namespace efface::node
