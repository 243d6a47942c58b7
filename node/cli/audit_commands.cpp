#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/typed.h"
#include "node/control/study_report.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace efface::node {

namespace {

using Align = TextTable::Align;

/// The filters of query and export, as audit.query takes them. `names` says which were given.
tl::expected<Json, Exit> typed_filter(
    CommandContext& context, const Arguments& arguments, std::string& names
) {
    Json filter = Json::object();
    const auto note = [&](std::string_view name) {
        names += (names.empty() ? "" : ", ") + std::string{name};
    };
    for (const char* name : {"study", "event", "outcome", "peer"}) {
        const std::string option = std::string{"--"} + name;
        if (arguments.has(option)) {
            filter[name] = arguments.text(option);
            note(name);
        }
    }
    for (const char* name : {"from", "to"}) {
        const std::string option = std::string{"--"} + name;
        const auto at = typed_time(context.output, arguments, option);
        if (!at) {
            return tl::unexpected(at.error());
        }
        if (*at != 0) {
            filter[name] = *at;
            note(name);
        }
    }
    const auto job = typed_number(context.output, arguments, "--job", 0);
    if (!job) {
        return tl::unexpected(job.error());
    }
    if (*job != 0) {
        filter["job"] = *job;
        note("job");
    }
    return filter;
}

void choose_database(NodeAccess& node, const Arguments& arguments) {
    if (arguments.has("--database")) {
        node.use_database(arguments.text("--database"));
    }
}

std::string by_whom(const Json& row) {
    const std::string who = text_of(row["detail"], "operator");
    return who.empty() ? text_of(row, "peer") : who;
}

}  // namespace

Exit run_audit_query(CommandContext& context, const Arguments& arguments) {
    std::string names;
    const auto filter = typed_filter(context, arguments, names);
    const auto limit = typed_number(context.output, arguments, "--limit", kDefaultLimit);
    if (!filter || !limit) {
        return filter ? limit.error() : filter.error();
    }
    NodeAccess node{context};
    choose_database(node, arguments);
    TextTable table{
        {{"SEQ", Align::kRight},
         {"TIME"},
         {"EVENT"},
         {"OUTCOME"},
         {"PEER OR OPERATOR"},
         {"JOB", Align::kRight},
         {"RULE"},
         {"REASON"}}};
    std::uint64_t count = 0;
    const auto asked = node.ask_pages("audit.query", *filter, "rows", *limit, [&](const Json& row) {
        ++count;
        if (context.output.json()) {
            context.output.json_line(row);
            return;
        }
        const std::string why = text_of(row, "reason");
        table.row(
            {text_of(row, "seq"), both_times(row["at"]), text_of(row, "event"), text_of(row, "outcome"),
             by_whom(row), number_of(row, "job") == 0 ? "" : text_of(row, "job"), text_of(row, "rule"),
             why.empty() ? text_of(row["detail"], "reason") : why}
        );
    });
    if (!asked) {
        return asked.error();
    }
    if (!context.output.json()) {
        context.output.line(table.empty() ? "No audit row fits." : table.text());
    }
    if (count == *limit) {
        context.output.remark(
            "Only the first " + std::to_string(count) + " are shown: see --limit, or audit export"
        );
    }
    return Exit::kOk;
}

namespace {

constexpr std::array kCsvColumns{
    "seq",           "at",         "event",        "outcome",          "project",       "peer", "job",
    "instance_hash", "study_hash", "patient_hash", "new_instance_uid", "new_study_uid", "rule", "reason",
    "detail",        "hash"};

/// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
std::string csv_cell(const std::string& text) {
    const bool formula =
        !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
    const std::string safe = (formula ? "'" : "") + text;
    if (safe.find_first_of(",\"\r\n") == std::string::npos) {
        return safe;
    }
    std::string out = "\"";
    for (const char c : safe) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

std::string csv_row(const Json& row) {
    std::string line;
    for (const char* column : kCsvColumns) {
        line += (line.empty() ? "" : ",") + csv_cell(text_of(row, column));
    }
    return line + "\r\n";
}

std::string csv_head() {
    std::string line;
    for (const char* column : kCsvColumns) {
        line += (line.empty() ? "" : ",") + std::string{column};
    }
    return line + "\r\n";
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A new file, mode 600; never one that is there.
std::unique_ptr<std::FILE, CloseFile> create_file(Output& output, const std::string& path) {
    const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    std::FILE* file = fd < 0 ? nullptr : ::fdopen(fd, "w");
    if (file == nullptr) {
        output.error("cannot make " + path + ": " + std::strerror(errno));
    }
    return std::unique_ptr<std::FILE, CloseFile>{file};
}

/// Written, flushed and synced, or an error.
bool finish_file(std::FILE* file) {
    return std::fflush(file) == 0 && std::ferror(file) == 0 && ::fsync(::fileno(file)) == 0;
}

/// An export is itself an event; without a daemon nobody can write that down.
void note_export(
    NodeAccess& node, Output& output, std::uint64_t rows, const std::string& format, const std::string& names
) {
    if (node.read_directly()) {
        output.remark("No daemon is running: this export is not noted in the audit.");
        return;
    }
    const auto noted =
        node.try_ask("audit.note_export", {{"rows", rows}, {"format", format}, {"filter", names}});
    if (!noted) {
        output.remark("The export could not be noted in the audit: " + noted.error().text);
    }
}

}  // namespace

Exit run_audit_export(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    const std::string format = arguments.has("--format") ? arguments.text("--format") : "csv";
    if (format != "csv" && format != "ndjson") {
        output.error("--format is csv or ndjson, not '" + format + "'");
        return Exit::kUsage;
    }
    std::string names;
    const auto filter = typed_filter(context, arguments, names);
    if (!filter) {
        return filter.error();
    }
    NodeAccess node{context};
    choose_database(node, arguments);
    const std::string path = arguments.text("--output");
    auto file = path.empty() ? nullptr : create_file(output, path);
    if (!path.empty() && !file) {
        return Exit::kInternal;
    }
    std::FILE* out = file ? file.get() : output.out();
    const auto write = [&](const std::string& text) { std::fwrite(text.data(), 1, text.size(), out); };
    if (format == "csv") {
        write(csv_head());
    }
    std::uint64_t count = 0;
    const auto asked = node.ask_pages("audit.query", *filter, "rows", 0, [&](const Json& row) {
        ++count;
        write(format == "csv" ? csv_row(row) : dump_json(row) + "\n");
    });
    if (!asked) {
        return asked.error();
    }
    if (file && !finish_file(file.get())) {
        output.error("cannot write " + path + ": " + std::strerror(errno));
        return Exit::kInternal;
    }
    output.remark(std::to_string(count) + " rows" + (path.empty() ? "" : " in " + path));
    note_export(node, output, count, format, names);
    return Exit::kOk;
}

namespace {

constexpr std::string_view kCannotFind =
    "This cannot find that rows were cut off at the end, nor a chain that was written anew as a whole:\n"
    "compare the last row and its hash with a copy that is kept elsewhere (efface audit export).";

struct Verified {
    Json verdict;
    std::uint64_t first = 0;
    std::uint64_t rows = 0;
};

/// Page by page, so that no answer takes long.
tl::expected<Verified, Exit> verify_all(NodeAccess& node, std::uint64_t from, std::uint64_t to) {
    Verified all;
    for (std::uint64_t next = from; next != 0;) {
        Json arguments{{"from", next}};
        if (to != 0) {
            arguments["to"] = to;
        }
        auto page = node.ask("audit.verify", arguments);
        if (!page) {
            return tl::unexpected(page.error());
        }
        const std::uint64_t first = number_of(*page, "first");
        // A page behind the last row is empty: the verdict before it stands.
        if (first == 0 && all.first != 0) {
            return all;
        }
        all.first = all.first == 0 ? first : all.first;
        all.rows += first == 0 ? 0 : number_of(*page, "last") - first + 1;
        next = number_of(*page, "next");
        all.verdict = std::move(*page);
    }
    return all;
}

std::string last_hash(NodeAccess& node, std::uint64_t seq) {
    const auto page = node.try_ask("audit.query", {{"after", seq - 1}, {"count", 1}});
    return page && !(*page)["rows"].empty() ? text_of((*page)["rows"][0], "hash") : std::string{};
}

}  // namespace

Exit run_audit_verify(CommandContext& context, const Arguments& arguments) {
    const auto from = typed_number(context.output, arguments, "--from", 1);
    const auto to = typed_number(context.output, arguments, "--to", 0);
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    NodeAccess node{context};
    choose_database(node, arguments);
    const auto verified = verify_all(node, std::max<std::uint64_t>(*from, 1), *to);
    if (!verified) {
        return verified.error();
    }
    const Json& verdict = verified->verdict;
    const bool intact = verdict.value("intact", false);
    const std::uint64_t last = number_of(verdict, "last");
    const std::string hash = intact && last != 0 ? last_hash(node, last) : "";
    Output& output = context.output;
    if (output.json()) {
        output.json_line(
            {{"intact", intact},
             {"first", verified->first},
             {"last", last},
             {"rows", verified->rows},
             {"last_hash", hash},
             {"bad_seq", number_of(verdict, "bad_seq")},
             {"damage", text_of(verdict, "damage")},
             {"cannot_find", "a cut tail; a chain rewritten as a whole"}}
        );
    } else if (last == 0) {
        output.line("The audit has no row in this range.");
    } else if (intact) {
        output.line(
            "intact: rows " + std::to_string(verified->first) + " to " + std::to_string(last) +
            ", none changed, reordered or missing"
        );
        output.line("last hash " + hash);
        output.line();
        output.line(kCannotFind);
    } else {
        output.line(
            "DAMAGED: row " + text_of(verdict, "bad_seq") + " is " + text_of(verdict, "damage") +
            "; keep a copy of the database and look into who could write to it"
        );
    }
    return intact || last == 0 ? Exit::kOk : Exit::kNegative;
}

namespace {

/// A name for a study of which nothing was cleaned.
std::string hash_name(const Json& hashes) {
    return hashes.empty() ? "study" : hashes.front().get<std::string>();
}

}  // namespace

Exit run_audit_report(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    NodeAccess node{context};
    choose_database(node, arguments);
    StudyReport study;
    const auto asked = node.ask_pages(
        "audit.query", {{"study", arguments.text("--study")}}, "rows", 0,
        [&](const Json& row) { study.add(row); }
    );
    if (!asked) {
        return asked.error();
    }
    if (study.empty()) {
        output.error("the audit holds nothing of this study");
        return Exit::kNegative;
    }
    const Json report = study.finish(EFFACE_VERSION, context.environment.clock.now());
    if (output.json() && !arguments.has("--output")) {
        output.json_line(report);
        return Exit::kOk;
    }
    const std::string uid = text_of(report, "new_study_uid");
    const std::string base = arguments.has("--output")
                                 ? arguments.text("--output")
                                 : "efface-report-" + (uid.empty() ? hash_name(report["study_hashes"]) : uid);
    for (const auto& [path, text] :
         {std::pair{base + ".html", report_html(report)},
          std::pair{base + ".json", dump_json(report) + "\n"}}) {
        const auto file = create_file(output, path);
        if (!file) {
            return Exit::kInternal;
        }
        std::fwrite(text.data(), 1, text.size(), file.get());
        if (!finish_file(file.get())) {
            output.error("cannot write " + path + ": " + std::strerror(errno));
            return Exit::kInternal;
        }
        output.line(path);
    }
    return Exit::kOk;
}

}  // namespace efface::node
