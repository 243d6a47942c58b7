// Every command, one row each; docs/cli.md and --help are made from it. A new command is one function and
// one row.
#include "node/cli/command.h"
#include "node/cli/commands.h"

#include <array>

namespace efface::node {

namespace {

constexpr std::array kExitCodes{
    ExitRow{Exit::kOk, "done; the answer is yes"},
    ExitRow{Exit::kNegative, "done; the answer is no, or something was found that wants attention"},
    ExitRow{Exit::kUsage, "the command was not understood: an unknown option, a missing or wrong value"},
    ExitRow{Exit::kConfiguration, "a settings, rule or key file is missing or wrong"},
    ExitRow{Exit::kDaemonDown, "the daemon is not running, and the command needs it"},
    ExitRow{Exit::kRefused, "refused: it may not be done, or not by you"},
    ExitRow{Exit::kInternal, "the database, the disk or a worker failed"},
};

constexpr std::array kGroups{
    CommandGroup{"study", "One study: what was received, what became of it"},
    CommandGroup{"quarantine", "What waits for an operator: list, look, release, discard"},
    CommandGroup{"peer", "Who may send: the configured peers"},
    CommandGroup{"dest", "Where cleaned instances go: backlog, hold, release, test"},
    CommandGroup{"audit", "What happened: query, export, verify, report"},
    CommandGroup{"rules", "Which rule de-identifies what: check, list, explain, example"},
    CommandGroup{"key", "Project and audit keys: make one, name one"},
    CommandGroup{"config", "The settings file: check one, print a complete one"},
};

constexpr OptionRow kLimit{"--limit", "N", "At most so many rows (default 100; 0: all)"};
constexpr OptionRow kReason{
    "--reason", "TEXT", "Why; kept in the audit. Write no patient data into it", true};
constexpr OptionRow kJobs{"JOB", "", "Job numbers, as the listings show them", true, true};
constexpr OptionRow kStudyUid{"UID", "", "Study Instance UID: the original or the new one", true};
constexpr OptionRow kProject{"--project", "NAME", "The project (default: the only one)"};
constexpr OptionRow kRulesFile{"--rules", "FILE", "These rules instead of the project's"};
constexpr OptionRow kDestination{"NAME", "", "The destination's configured name", true};

constexpr std::array kQueueOptions{
    OptionRow{"--state", "STATE", "received, working, held, delivering, undelivered or quarantined"}, kLimit};
constexpr std::array kStudyOptions{kStudyUid, kLimit};
constexpr std::array kQuarantineListOptions{
    OptionRow{"--reason", "TEXT", "Only those with exactly this reason"}, kLimit};
constexpr std::array kQuarantineShowOptions{OptionRow{"JOB", "", "A job number", true}};
constexpr std::array kReleaseOptions{
    kJobs, kReason, OptionRow{"--rule", "NAME", "Under this rule instead of the first that matches"},
    OptionRow{
        "--as", "WORD",
        "For a conflict: 'replacement' of the first content, or a 'new-instance' of its own"}};
constexpr std::array kDiscardOptions{kJobs, kReason};
constexpr std::array kRedeliverOptions{
    kJobs, kReason, OptionRow{"--to", "NAME", "To this destination only (default: to all of the job)"}};
constexpr std::array kPeerTestOptions{
    OptionRow{"--calling", "AE", "The calling AE title", true},
    OptionRow{"--called", "AE", "The called AE title", true},
    OptionRow{"--address", "IP", "Where it would come from", true}};
constexpr std::array kDestinationChangeOptions{kDestination, kReason};
constexpr std::array kDestinationTestOptions{kDestination};

constexpr OptionRow kStudyFilter{"--study", "UID", "Rows of this study, by its original or new UID"};
constexpr OptionRow kJobFilter{"--job", "JOB", "Rows of this job"};
constexpr OptionRow kFrom{"--from", "TIME", "Not before: 2026-01-31, 2026-01-31T14:00, ...T14:00Z"};
constexpr OptionRow kTo{"--to", "TIME", "Before this time"};
constexpr OptionRow kEvent{"--event", "NAME", "Rows of this event (docs/formats.md lists them)"};
constexpr OptionRow kOutcome{"--outcome", "WORD", "success, warning or failure"};
constexpr OptionRow kPeer{"--peer", "NAME", "Rows of this peer or destination"};
constexpr OptionRow kDatabase{"--database", "FILE", "Read this database: the audit beside a run's OUT"};
constexpr std::array kAuditQueryOptions{kStudyFilter, kJobFilter, kFrom,  kTo,      kEvent,
                                        kOutcome,     kPeer,      kLimit, kDatabase};
constexpr std::array kAuditExportOptions{
    kStudyFilter,
    kJobFilter,
    kFrom,
    kTo,
    kEvent,
    kOutcome,
    kPeer,
    kDatabase,
    OptionRow{"--format", "WORD", "csv or ndjson (default: csv)"},
    OptionRow{"--output", "FILE", "A new file, mode 600 (default: standard output)"}};
constexpr std::array kAuditVerifyOptions{
    OptionRow{"--from", "SEQ", "First row (default: 1)"},
    OptionRow{"--to", "SEQ", "Last row (default: the last)"}, kDatabase};
constexpr std::array kAuditReportOptions{
    OptionRow{"--study", "UID", "Study Instance UID: the original or the new one", true},
    OptionRow{"--output", "NAME", "NAME.html and NAME.json (default: efface-report-<new UID>)"}, kDatabase};
constexpr std::array kRulesCheckOptions{OptionRow{"FILE", "", "The rule file", true}};
constexpr std::array kRulesImportOptions{OptionRow{"SCRIPT", "", "A DicomPixelAnonymizer script", true}};
constexpr std::array kRulesListOptions{OptionRow{"--rules", "FILE", "Rules of this file"}};
constexpr std::array kRulesExplainOptions{
    OptionRow{"FILE", "", "A DICOM file", true},
    kRulesFile,
    kProject,
    OptionRow{"--calling", "AE", "As if it came from this AE title"},
    OptionRow{"--called", "AE", "As if it was sent to this AE title"},
    OptionRow{"--changed", "", "Only attributes that are not kept"}};
constexpr std::array kKeyNewOptions{
    OptionRow{"FILE", "", "The new key file (default: every configured one that is missing)"}};
constexpr std::array kKeyFingerprintOptions{
    OptionRow{"FILE", "", "Key files (default: every configured one)", false, true}};
constexpr std::array kRunOptions{
    OptionRow{"IN", "", "A folder (with all below it) or a file", true},
    OptionRow{"OUT", "", "The folder for cleaned files, outside of IN", true},
    OptionRow{"--rules", "FILE", "Rules of this file (default: the project's, else the built-in ones)"},
    OptionRow{"--key", "FILE", "The project key (default: the project's; made on first use)"},
    kProject,
    OptionRow{"--workers", "N", "Cleaning processes (default: one a core)"},
    OptionRow{"--previews", "DIR", "Also a PNG of each cleaned image, what was blackened outlined"},
    OptionRow{
        "--scratch", "DIR",
        "Where originals are copied to while in work (default: below the state directory)"}};
constexpr std::array kPreviewOptions{
    OptionRow{"FILE", "", "A DICOM file as it was received", true},
    OptionRow{"-o,--output", "FILE", "The PNG to make", true},
    OptionRow{"--frame", "N", "Which frame, from 1 (default: the first)"},
    OptionRow{"--rules", "FILE", "Rules of this file (default: the project's, else the built-in ones)"},
    kProject,
    OptionRow{"--before", "", "Also OUTPUT.before.png, of the original: audited"}};
constexpr std::array kOccludeOptions{
    OptionRow{"IN", "", "A DICOM file", true},
    OptionRow{"-o,--output", "FILE", "The file to make; never overwritten", true},
    OptionRow{"--box", "X,Y,W,H", "A region to blacken, in pixels; may be given again", false, true},
    OptionRow{
        "--mask", "FILE", "A PNG of the image's size, bright where to blacken, or a DICOM Segmentation"},
    OptionRow{"--segmentation", "FILE", "Also what was blackened, as a DICOM Segmentation"},
    OptionRow{"--search", "", "Also search for text and faces, and blacken what is found"},
    OptionRow{"--key", "FILE", "The project key (default: the project's; made on first use)"},
    kProject};
constexpr std::array kEnhanceOptions{
    OptionRow{"IN", "", "A DICOM file", true},
    OptionRow{"-o,--output", "FILE", "The file to make; never overwritten", true},
    OptionRow{"--box", "X,Y,W,H", "A region to blacken and fill, in pixels; may be given again", false, true},
    OptionRow{
        "--mask", "FILE",
        "A PNG of the image's size, bright where to blacken and fill, or a DICOM Segmentation"},
    OptionRow{"--search", "", "With regions: also search for text, faces and earlier occlusions"},
    OptionRow{"--pair", "PNG", "Also a picture at full size: occluded left, filled right"},
    OptionRow{
        "--strength", "0-100", "How far from a smooth surface towards the network's answer (default: 65)"},
    OptionRow{"--strong", "", "1.3 times as far"},
    OptionRow{"--denoise", "0-100", "40 gives the grain of the surround, 100 none (default: 40)"},
    OptionRow{"--sharpen", "0-100", "Default: 35"},
    OptionRow{"--no-detail", "", "Leave out what the network drew finely"},
    OptionRow{"--skin-protection", "", "Neither sharpened nor strong, half of the grain"},
    OptionRow{
        "--confidence-min", "0-100",
        "Percent: what is filled less surely stays black (default: 0, whatever it is)"},
    OptionRow{
        "--language", "CODE",
        "Of Image Comments, where the character set holds it: en, zh, de, fr, es, ja (default: en)"},
    OptionRow{"--key", "FILE", "The project key (default: the project's; made on first use)"},
    kProject};
constexpr std::array kEvaluateOptions{
    OptionRow{"DIR", "", "A folder of cases: cases.ndjson and the pictures that it names"},
    OptionRow{"--generator", "FILE", "Of contract efface-generator/1 (default: that of [models])"},
    OptionRow{
        "--features", "FILE", "Of contract efface-features/1: the Frechet distance too, from 2048 cases on"},
    OptionRow{"--no-mark", "", "Judge fills without the mark that a node embeds"},
    OptionRow{"--seed", "N", "Of noise, marks and the kit's order (default: 1)"},
    OptionRow{"--grid", "PNG", "A sheet of the first cases of each kind: occluded, Telea, fill, truth"},
    OptionRow{"--cases-json", "FILE", "What was measured of each case, one object a line"},
    OptionRow{"--reader-kit", "OUT", "Make a kit for a blinded reading in this new folder"},
    OptionRow{"--score", "SHEET", "Score sheets of such a kit instead, one for each reader", false, true},
    OptionRow{"--key", "FILE", "The kit's key.json, for --score"}};
constexpr std::array kWatermarkReadOptions{
    OptionRow{"FILE", "", "A DICOM file, or a PNG of one frame at full size", true},
    OptionRow{"--frame", "N", "Which frame, from 1 (default: the first)"},
    OptionRow{"--watermark-key", "FILE", "The key of marks alone, as efface watermark key makes it"},
    OptionRow{"--key", "FILE", "The project key (default: the project's)"}, kProject};
constexpr std::array kWatermarkKeyOptions{
    OptionRow{"-o,--output", "FILE", "The file to make; never overwritten", true},
    OptionRow{"--key", "FILE", "The project key (default: the project's)"}, kProject};
constexpr std::array kConfigCheckOptions{OptionRow{"FILE", "", "The settings file (default: --config)"}};
constexpr std::array kDoctorOptions{OptionRow{"--echo", "", "Also send a C-ECHO to every DICOM destination"}};

constexpr std::string_view kOkOnly = "0";

constexpr std::array kCommands{
    CommandRow{
        "status",
        "Is the node up, and what does it have to do?",
        "Without a daemon the counts are read from the database.",
        "efface status\nefface status --json",
        "0 running and ready, 1 running but not ready (the reason is printed), 4 not running",
        {},
        &run_status},
    CommandRow{
        "queue", "Jobs that are in work", "", "efface queue\nefface queue --state received --limit 20",
        kOkOnly, kQueueOptions, &run_queue},
    CommandRow{
        "study show", "What was received of a study, what became of it, where it was delivered", "",
        "efface study show 1.2.840.113619.2.5.1762583153", "0, 1 nothing of this study was received",
        kStudyOptions, &run_study_show},
    CommandRow{
        "quarantine list", "What was not cleaned or not delivered, and why", "",
        "efface quarantine list\nefface quarantine list --reason 'no rule matches: add one, or release it "
        "under a rule by name'",
        kOkOnly, kQuarantineListOptions, &run_quarantine_list},
    CommandRow{
        "quarantine show", "One job: its facts, its deliveries, its audit rows, what to type next", "",
        "efface quarantine show 17", "0, 1 there is no such job", kQuarantineShowOptions,
        &run_quarantine_show},
    CommandRow{
        "quarantine release", "Put instances back into work",
        "They are cleaned anew under the rules in force and need the gate again: releasing sends nothing.\n"
        "A conflict (other bytes under a known SOP Instance UID) needs --as replacement, refused once\n"
        "anything of the first content was sent, or --as new-instance, which gives it a UID of its own.",
        "efface quarantine release 17 18 --reason 'ultrasound, margins checked' --rule pixels-as-they-are\n"
        "efface quarantine release 19 --reason 'resent by CT2' --as replacement",
        "0 all released, 4 no daemon, 5 at least one was refused (the reason is printed)", kReleaseOptions,
        &run_quarantine_release},
    CommandRow{
        "quarantine discard", "Throw instances away; they are never sent",
        "Of a conflict the first content stays. The files go after the retention.",
        "efface quarantine discard 21 --reason 'phantom, not part of the trial'",
        "0 all discarded, 4 no daemon, 5 at least one was refused", kDiscardOptions, &run_quarantine_discard},
    CommandRow{
        "redeliver", "Send cleared instances again", "Only what passed the gate is ever sent.",
        "efface redeliver 3 4 --to archive --reason 'the archive lost its disk'",
        "0, 4 no daemon, 5 at least one was refused", kRedeliverOptions, &run_redeliver},
    CommandRow{"peer list", "The configured peers", "", "efface peer list", kOkOnly, {}, &run_peer_list},
    CommandRow{
        "peer test", "Would an association be accepted, and from whom?",
        "Judges by the configuration alone; nothing is sent.",
        "efface peer test --calling CT1 --called TRIAL --address 10.0.0.17",
        "0 accepted, 1 rejected (with the reason the peer would hear)", kPeerTestOptions, &run_peer_test},
    CommandRow{
        "dest list",
        "The destinations and what waits for them",
        "",
        "efface dest list",
        kOkOnly,
        {},
        &run_destination_list},
    CommandRow{
        "dest hold", "Stop sending to a destination; what is under way ends", "",
        "efface dest hold archive --reason 'maintenance until noon'", "0, 1 no such destination, 4 no daemon",
        kDestinationChangeOptions, &run_destination_hold},
    CommandRow{
        "dest release", "Send to a held destination again", "", "efface dest release archive --reason 'done'",
        "0, 1 no such destination, 4 no daemon", kDestinationChangeOptions, &run_destination_release},
    CommandRow{
        "dest test", "Does a destination answer? C-ECHO, or whether the folder can be written",
        "Nothing but an association and a C-ECHO is sent; in a folder nothing is written. Where a rule has\n"
        "masks delivered there, it must accept Segmentation Storage too.",
        "efface dest test archive", "0 it answers, 1 it does not", kDestinationTestOptions,
        &run_destination_test},
    CommandRow{
        "audit query", "Audit rows by study, time, event, outcome, peer",
        "With --json one object a line. Times without a zone are local.",
        "efface audit query --study 1.2.840.113619.2.5.1762583153\n"
        "efface audit query --from 2026-03-01 --event quarantined --json",
        kOkOnly, kAuditQueryOptions, &run_audit_query},
    CommandRow{
        "audit export", "Write audit rows as CSV or NDJSON",
        "The export is itself audited, with the names of the filters, unless no daemon runs.",
        "efface audit export --from 2026-01-01 --to 2026-02-01 --output january.csv\n"
        "efface audit export --format ndjson > all.ndjson",
        "0, 6 the file cannot be written", kAuditExportOptions, &run_audit_export},
    CommandRow{
        "audit verify", "Recompute the audit's hash chain",
        "Finds any changed, reordered or missing row between the first and the last. It cannot find that "
        "rows\n"
        "were cut off at the end, or that somebody wrote the whole chain anew: keep the last hash elsewhere.",
        "efface audit verify\nefface audit verify --database OUT.audit/audit.sqlite",
        "0 intact, 1 damaged (the first bad row is printed)", kAuditVerifyOptions, &run_audit_verify},
    CommandRow{
        "audit report", "One HTML page and JSON about a study, without patient data",
        "Received, rule, actions, pixels, operators' decisions, deliveries, purge.",
        "efface audit report --study 1.2.840.113619.2.5.1762583153 --output study-17",
        "0, 1 nothing of this study in the audit", kAuditReportOptions, &run_audit_report},
    CommandRow{
        "rules check", "Is a rule file right?", "", "efface rules check site.toml",
        "0 right, 1 wrong (FILE:LINE:COLUMN: what)", kRulesCheckOptions, &run_rules_check},
    CommandRow{
        "rules example",
        "Print the built-in rules, to copy and change",
        "A project that names no rules_file runs on them.",
        "efface rules example > site.toml",
        kOkOnly,
        {},
        &run_rules_example},
    CommandRow{
        "rules import-ctp-pixels", "Device templates from a script of the RSNA CTP's DicomPixelAnonymizer",
        "Prints [[device]] tables for the end of a rule file; what cannot be said in one is named on "
        "standard\n"
        "error with its line, and the rest is printed all the same. CTP asks of all values of an attribute "
        "at\n"
        "once, a rule file of each value: look at conditions on Image Type.",
        "efface rules import-ctp-pixels DicomPixelAnonymizer.script >> site.toml && efface rules check "
        "site.toml",
        "0 all of it, 1 some of it or nothing, 3 the script cannot be read", kRulesImportOptions,
        &run_rules_import_ctp_pixels},
    CommandRow{
        "rules list", "The rules in the order in which they are tried", "",
        "efface rules list\nefface rules list --rules site.toml", "0, 3 a rule file is wrong",
        kRulesListOptions, &run_rules_list},
    CommandRow{
        "rules explain", "What would become of a file, and why",
        "Which rule and why not the earlier ones; for every attribute at every depth the action, the table\n"
        "row or override, and the reason. Prints no value of the file.",
        "efface rules explain image.dcm\nefface rules explain image.dcm --rules site.toml --changed",
        "0 it would be cleaned, 1 it would be quarantined or refused, 3 rules, 6 no worker",
        kRulesExplainOptions, &run_rules_explain},
    CommandRow{
        "key new", "Make a key file, mode 600; an existing one is never overwritten",
        "Whoever has a project's key can tell which pseudonym stands for whom. Keep a copy in a safe place:\n"
        "without it the same patient gets another pseudonym.",
        "efface key new /etc/efface/trial.key\nefface --state ./state key new",
        "0, 5 it is there already, 6 it cannot be written", kKeyNewOptions, &run_key_new},
    CommandRow{
        "key fingerprint", "The public name of a key, as audit and receipts show it", "",
        "efface key fingerprint\nefface key fingerprint /etc/efface/trial.key",
        "0, 3 a key cannot be read or is open to others", kKeyFingerprintOptions, &run_key_fingerprint},
    CommandRow{
        "run", "De-identify a folder, without network and without a daemon",
        "Never writes into IN and never overwrites in OUT, whose files are PATIENT/STUDY/SERIES/\n"
        "INSTANCE.dcm by their new names. Links are not followed; what is no DICOM is reported and\n"
        "never copied. Keeps a chained audit in OUT.audit/audit.sqlite. Without a configuration: the\n"
        "built-in rules, and keys that are made on first use. The rules' destinations and holds do not\n"
        "matter here. With --json one object a line: in, outcome (cleaned, quarantined, refused), out,\n"
        "reason, rule, actions{D,Z,X,K,C,U}, mask_boxes, filled, preview, mask_segmentation.",
        "efface run /data/in /data/out\nefface run study out --rules site.toml --json > result.ndjson",
        "0 every instance was cleaned (what is no DICOM does not count), 1 some were quarantined or refused, "
        "or it was interrupted, 3 rules or keys, 5 IN and OUT overlap, 6 it could not go on",
        kRunOptions, &run_bulk_command},
    CommandRow{
        "preview", "What an instance would look like once it is cleaned, as a PNG",
        "Cleans the file, has the gate judge it and draws one frame, with the outline of what was "
        "blackened;\n"
        "keeps nothing else. The original is drawn only with --before, which is audited beside OUTPUT.",
        "efface preview image.dcm -o image.png\nefface preview cine.dcm -o frame-9.png --frame 9 --rules "
        "site.toml",
        "0, 1 it would be quarantined or refused, or cannot be shown, 3 rules or keys, 5 the file stands "
        "there",
        kPreviewOptions, &run_preview},
    CommandRow{
        "occlude", "De-identify one file and blacken the regions that you name",
        "The header is cleaned as under a header-only rule, and the gate judges the result. Regions lie on "
        "a\n"
        "grid of 8 pixels; a painted mask is grown by 3 pixels, a Segmentation that an algorithm made is\n"
        "taken as it is, all its frames together. Keeps a chained audit in OUTPUT.audit/.",
        "efface occlude image.dcm --box 0,0,640,40 -o clean.dcm\n"
        "efface occlude image.dcm --mask painted.png --search -o clean.dcm",
        "0, 1 quarantined or refused, 2 no region or no mask, 3 keys, 5 the file stands there",
        kOccludeOptions, &run_occlude},
    CommandRow{
        "enhance", "De-identify one file and fill what is destroyed in it by a generative network",
        "What you name is blackened and filled; without --box and --mask faces and earlier occlusions are\n"
        "searched for, and what is found is. Text is blackened and never filled. The gate judges the "
        "result.\n"
        "For algorithm support only, not for diagnosis. Keeps a chained audit in OUTPUT.audit/.",
        "efface enhance image.dcm -o filled.dcm --pair filled.png\n"
        "efface enhance image.dcm --box 96,64,240,208 --strength 80 -o filled.dcm",
        "0 filled, 1 quarantined, refused or nothing filled, 2 usage, 3 keys, 5 the file stands there",
        kEnhanceOptions, &run_enhance},
    CommandRow{
        "evaluate", "Measure fills of pictures of which it is known what was destroyed",
        "Blackens each truth under its mask, fills it as the node does and compares the fill with the "
        "truth,\n"
        "beside a constant, the mean of the rim, and OpenCV's Telea and Navier-Stokes: PSNR, SSIM, RMSE, "
        "grey\n"
        "difference, high frequencies, spectrum; by kind of picture, with the mean's 95 % interval. What is\n"
        "refused is counted and in no mean. With --reader-kit also pairs for readers who are not told which "
        "is\n"
        "filled; with --score what their sheets say. With --json one object. docs/evaluation.md has the "
        "formulas.",
        "efface evaluate cases --generator generator.pt --grid sheet.png --cases-json cases-measured.ndjson\n"
        "efface evaluate cases --reader-kit kit --seed 7\n"
        "efface evaluate --score anna.csv --score ben.csv --key kit/key.json",
        "0, 1 nothing was filled, 2 a case, a sheet or a key is wrong (its line is named), 3 settings or a "
        "network, 5 what is to be written stands there, 6 the evaluator failed",
        kEvaluateOptions, &run_evaluate},
    CommandRow{
        "watermark read", "Read the invisible marks of filled regions in one frame",
        "Prints the stamp (UTC), the region and how sure it is; the model from the header where it still\n"
        "stands. The key of marks is enough, and tells no pseudonym.",
        "efface watermark read filled.dcm\n"
        "efface watermark read screenshot.png --watermark-key archive.wmk --json",
        "0 a mark was read, 1 none, 2 usage, 3 keys", kWatermarkReadOptions, &run_watermark_read},
    CommandRow{
        "watermark key", "Write the key that marks are read with",
        "Derived from the project key, which cannot be found from it: an archive can be given it.",
        "efface watermark key -o archive.wmk", "0, 3 keys, 5 the file stands there", kWatermarkKeyOptions,
        &run_watermark_key},
    CommandRow{
        "config check", "Is a settings file right, with the keys and rules it names?", "",
        "efface config check /etc/efface/efface.toml", "0 right, 3 wrong (FILE:LINE:COLUMN: what)",
        kConfigCheckOptions, &run_config_check},
    CommandRow{
        "config example",
        "Print a complete settings file with every key explained",
        "",
        "efface config example > efface.toml",
        kOkOnly,
        {},
        &run_config_example},
    CommandRow{
        "doctor", "Look at everything a node needs, and say what is wrong",
        "Settings, keys, rules, database, audit tail, worker program, disk space, clock, destinations.",
        "efface doctor\nefface doctor --echo", "0 all is well, 1 something is wrong", kDoctorOptions,
        &run_doctor},
};

}  // namespace

std::span<const ExitRow> exit_code_table() {
    return kExitCodes;
}

std::span<const CommandRow> command_table() {
    return kCommands;
}

const CommandRow* find_command(std::string_view name) {
    for (const CommandRow& row : kCommands) {
        if (row.name == name) {
            return &row;
        }
    }
    return nullptr;
}

std::span<const CommandGroup> command_groups() {
    return kGroups;
}

}  // namespace efface::node
