#include "config/settings/settings_table.h"

namespace efface {

namespace {

using Kind = SettingKind;

constexpr std::uint64_t kMiB = 1ULL << 20;
constexpr std::uint64_t kTiB = 1ULL << 40;
constexpr std::uint64_t kNoLimit = 0;

constexpr std::array kSections{
    SettingSection{"node", false, 1, "The process: where it keeps its state and what it logs."},
    SettingSection{"listen", false, 1, "The DICOM side: addresses and limits."},
    SettingSection{
        "project", true, kProjectsMax,
        "A called AE title with its pseudonym key and its rules. At least one. The rules name the "
        "destinations."},
    SettingSection{"peer", true, kPeersMax, "Who may send. At least one; the first that matches counts."},
    SettingSection{"destination", true, kDestinationsMax, "Where cleaned instances go."},
    SettingSection{"workers", false, 1, "The processes that touch patient data, and their limits."},
    SettingSection{
        "models", false, 1,
        "Networks of the site's own: a detector beside those that are installed with Efface, a generator in "
        "place of the one that is."},
    SettingSection{"spool", false, 1, "When the node stops taking instances because the disk fills."},
    SettingSection{"retention", false, 1, "When instances are removed from the spool."},
    SettingSection{"web", false, 1, "Health, readiness and metrics over HTTP."},
    SettingSection{"audit", false, 1, "The audit log."},
};

template <auto Section, auto Field>
SettingSlot slot(Settings& settings) {
    return &(settings.*Section.*Field);
}

template <auto List, auto Field>
SettingSlot last(Settings& settings) {
    return &((settings.*List).back().*Field);
}

constexpr auto kNode = &Settings::node;
constexpr auto kListen = &Settings::listen;
constexpr auto kWorkers = &Settings::workers;
constexpr auto kModels = &Settings::models;
constexpr auto kSpool = &Settings::spool;
constexpr auto kRetention = &Settings::retention;
constexpr auto kWeb = &Settings::web;
constexpr auto kAudit = &Settings::audit;
constexpr auto kProjects = &Settings::projects;
constexpr auto kPeers = &Settings::peers;
constexpr auto kDestinations = &Settings::destinations;
using Node = NodeSettings;
using Listen = ListenSettings;
using Project = ProjectSettings;
using Peer = PeerSettings;
using Destination = DestinationSettings;
using Workers = WorkersSettings;

// clang-format off
constexpr std::array kRows{
    // section, key, kind, slot, default, min, max, help
    SettingRow{"node", "state_directory", Kind::kPath, slot<kNode, &Node::state_directory>, R"("")", 0, kNoLimit,
               "Where everything lies that the node writes. Empty: $XDG_STATE_HOME/efface where that is set, else "
               "/var/lib/efface for root and ~/.local/state/efface for others."},
    SettingRow{"node", "database_path", Kind::kPath, slot<kNode, &Node::database_path>, R"("")", 0, kNoLimit,
               "The SQLite database: queue and audit. Empty: efface.sqlite in the state directory. "
               "A local disk, never a network share."},
    SettingRow{"node", "spool_directory", Kind::kPath, slot<kNode, &Node::spool_directory>, R"("")", 0, kNoLimit,
               "Received and cleaned instances. Empty: spool in the state directory. Holds patient data."},
    SettingRow{"node", "control_socket_path", Kind::kPath, slot<kNode, &Node::control_socket_path>, R"("")", 0, 107,
               "The Unix socket of the command line; its permissions are the access control. Empty: "
               "control.sock in the state directory."},
    SettingRow{"node", "log_level", Kind::kLogLevel, slot<kNode, &Node::log_level>, R"("info")", 0, kNoLimit,
               "debug, info, warning or error. No level logs patient data."},
    SettingRow{"node", "log_format", Kind::kLogFormat, slot<kNode, &Node::log_format>, R"("text")", 0, kNoLimit,
               "text for people, json for collectors (one object per line)."},

    SettingRow{"listen", "addresses", Kind::kSocketAddresses, slot<kListen, &Listen::addresses>,
               R"(["127.0.0.1:11112"])", 1, 16,
               "Addresses and ports of the DICOM listener; IPv6 in brackets: \"[::]:11112\"."},
    SettingRow{"listen", "associations_max", Kind::kNumber, slot<kListen, &Listen::associations_max>, "256", 1, 4096,
               "Open associations of all peers together; one more is rejected as transient."},
    SettingRow{"listen", "associations_per_peer_max", Kind::kNumber,
               slot<kListen, &Listen::associations_per_peer_max>, "64", 1, 4096,
               "Open associations of one peer, whatever the peer's own limit says."},
    SettingRow{"listen", "artim_timeout_seconds", Kind::kNumber, slot<kListen, &Listen::artim_timeout_seconds>,
               "30", 1, 3600, "How long a new connection may take to send its A-ASSOCIATE-RQ (PS3.8 9.1.5)."},
    SettingRow{"listen", "read_timeout_seconds", Kind::kNumber, slot<kListen, &Listen::read_timeout_seconds>,
               "30", 1, 3600, "How long a PDU may take from its first byte to its last."},
    SettingRow{"listen", "idle_timeout_seconds", Kind::kNumber, slot<kListen, &Listen::idle_timeout_seconds>,
               "300", 1, 86400, "How long an association may stay silent before it is aborted."},
    SettingRow{"listen", "pdu_bytes_max", Kind::kBytes, slot<kListen, &Listen::pdu_bytes_max>,
               "131072", 4096, kMiB, "Longest P-DATA-TF that a peer may send (PS3.8 annex D.1)."},
    SettingRow{"listen", "instance_bytes_max", Kind::kBytes, slot<kListen, &Listen::instance_bytes_max>,
               R"("4 GiB")", kMiB, kTiB, "Largest instance that is taken; a larger one is refused with C000, since sending it again would "
               "not help."},
    SettingRow{"listen", "preferred_transfer_syntaxes", Kind::kUids,
               slot<kListen, &Listen::preferred_transfer_syntaxes>,
               "[]", 0, 64,
               "Transfer syntax UIDs, most wanted first, where a peer offers several for one SOP class. "
               "Those not named follow in the peer's order. Naming one makes some senders abort that cannot convert to it."},

    SettingRow{"project", "name", Kind::kName, last<kProjects, &Project::name>, "", 1, 64,
               "A name for rules, audit and command line."},
    SettingRow{"project", "called_aes", Kind::kAeTitles, last<kProjects, &Project::called_aes>, "", 1, 64,
               "The AE titles under which senders call this project; each belongs to one project."},
    SettingRow{"project", "key_file", Kind::kPath, last<kProjects, &Project::key_file>, "", 1, kNoLimit,
               "The project's pseudonym key, made by `efface key new FILE`. Mode 600. Back it up: pseudonyms and "
               "UIDs cannot be continued without it."},
    SettingRow{"project", "rules_file", Kind::kPath, last<kProjects, &Project::rules_file>, R"("")", 0, kNoLimit,
               "The project's rules. Empty: the built-in rules (`efface rules list` shows them)."},

    SettingRow{"peer", "name", Kind::kName, last<kPeers, &Peer::name>, "", 1, 64,
               "A name for audit and command line."},
    SettingRow{"peer", "calling_ae", Kind::kAeTitleOrAny, last<kPeers, &Peer::calling_ae>, "", 1, 16,
               "The sender's AE title, or \"*\" for any."},
    SettingRow{"peer", "addresses", Kind::kCidrBlocks, last<kPeers, &Peer::addresses>, "", 1, 256,
               "Where the sender may call from: addresses or networks (\"10.1.0.0/16\", \"2001:db8::/32\"). "
               "Anywhere is [\"0.0.0.0/0\", \"::/0\"]; an AE title alone proves nothing."},
    SettingRow{"peer", "projects", Kind::kNames, last<kPeers, &Peer::projects>, "[]", 0, kProjectsMax,
               "The projects that this sender may call. Empty: every project."},
    SettingRow{"peer", "associations_max", Kind::kNumber, last<kPeers, &Peer::associations_max>, "16", 1, 4096,
               "Open associations of this peer; one more is rejected as transient."},

    SettingRow{"destination", "name", Kind::kName, last<kDestinations, &Destination::name>, "", 1, 64,
               "The name that rules use."},
    SettingRow{"destination", "kind", Kind::kDestinationKind, last<kDestinations, &Destination::kind>, "", 0, kNoLimit,
               "dicom (C-STORE to an archive) or folder (a tree of Part 10 files)."},
    SettingRow{"destination", "path", Kind::kPath, last<kDestinations, &Destination::path>, "", 1, kNoLimit,
               "The folder that receives the tree.", SettingScope::kFolderOnly},
    SettingRow{"destination", "host", Kind::kHost, last<kDestinations, &Destination::host>, "", 1, 253,
               "Name or address of the archive.", SettingScope::kDicomOnly},
    SettingRow{"destination", "port", Kind::kNumber, last<kDestinations, &Destination::port>, "", 1, 65535,
               "Its port.", SettingScope::kDicomOnly},
    SettingRow{"destination", "called_ae", Kind::kAeTitle, last<kDestinations, &Destination::called_ae>, "", 1, 16,
               "Its AE title.", SettingScope::kDicomOnly},
    SettingRow{"destination", "calling_ae", Kind::kAeTitle, last<kDestinations, &Destination::calling_ae>,
               R"("EFFACE")", 1, 16, "The AE title under which the node calls it.", SettingScope::kDicomOnly},
    SettingRow{"destination", "associations_max", Kind::kNumber,
               last<kDestinations, &Destination::associations_max>, "2", 1, 64,
               "How many associations are open to it at once.", SettingScope::kDicomOnly},
    SettingRow{"destination", "connect_timeout_seconds", Kind::kNumber,
               last<kDestinations, &Destination::connect_timeout_seconds>, "10", 1, 600,
               "For the connection, and again for the answer to the A-ASSOCIATE-RQ.", SettingScope::kDicomOnly},
    SettingRow{"destination", "response_timeout_seconds", Kind::kNumber,
               last<kDestinations, &Destination::response_timeout_seconds>, "60", 1, 3600,
               "For each C-STORE-RSP.", SettingScope::kDicomOnly},
    SettingRow{"destination", "idle_timeout_seconds", Kind::kNumber,
               last<kDestinations, &Destination::idle_timeout_seconds>, "5", 1, 3600,
               "An association without work is released after this.", SettingScope::kDicomOnly},
    SettingRow{"destination", "retry_seconds_min", Kind::kNumber,
               last<kDestinations, &Destination::retry_seconds_min>, "5", 1, 3600,
               "Pause after the first failure; it doubles, with jitter, up to retry_seconds_max."},
    SettingRow{"destination", "retry_seconds_max", Kind::kNumber,
               last<kDestinations, &Destination::retry_seconds_max>, "600", 1, 86400,
               "Longest pause between two attempts. The node never gives up on a transient failure."},

    SettingRow{"workers", "count", Kind::kNumber, slot<kWorkers, &Workers::count>, "0", 0, 256,
               "Cleaning processes; half as many more, rounded up, judge what they wrote. 0: one per processor."},
    SettingRow{"workers", "memory_mb_max", Kind::kNumber, slot<kWorkers, &Workers::memory_mb_max>,
               "2048", 256, 1048576, "Memory (address space) of one worker process in MiB; past it the unit of work fails."},
    SettingRow{"workers", "cpu_seconds_max", Kind::kNumber, slot<kWorkers, &Workers::cpu_seconds_max>,
               "300", 1, 86400, "Processor time of one unit of work."},
    SettingRow{"workers", "search_threads", Kind::kNumber, slot<kWorkers, &Workers::search_threads>,
               "2", 1, 16,
               "Threads that share the search for text and faces in one picture. More make a single study quicker, not many."},
    SettingRow{"workers", "wall_seconds_max", Kind::kNumber, slot<kWorkers, &Workers::wall_seconds_max>,
               "600", 1, 86400, "Time from handing a unit to a worker to its answer; past it the worker is replaced."},

    SettingRow{"models", "face_detector", Kind::kPath, slot<kModels, &ModelsSettings::face_detector>, R"("")", 0, kNoLimit,
               "A TorchScript file of the contract efface-detector/1, or an ONNX file of YuNet (docs/training.md). What it "
               "finds is blackened as well; it takes nothing away from what the others find. Empty: none."},
    SettingRow{"models", "face_detector_sha256", Kind::kSha256, slot<kModels, &ModelsSettings::face_detector_sha256>, R"("")", 0, 64,
               "SHA-256 of that file in hex, as sha256sum prints it: the file is code, and no other one is run."},
    SettingRow{"models", "generator", Kind::kPath, slot<kModels, &ModelsSettings::generator>, R"("")", 0, kNoLimit,
               "A TorchScript file of the contract efface-generator/1 (docs/training.md), which fills what was destroyed in "
               "place of the one that is installed. What it was trained on, Efface cannot know. Empty: none of the site's."},
    SettingRow{"models", "generator_sha256", Kind::kSha256, slot<kModels, &ModelsSettings::generator_sha256>, R"("")", 0, 64,
               "SHA-256 of that file in hex: the file is code, and no other one is run."},

    SettingRow{"spool", "soft_free", Kind::kWatermark, slot<kSpool, &SpoolSettings::soft_free>, R"("4 GiB")", 0, kNoLimit,
               "Less free than this (bytes, or percent of the file system): not ready, new associations are "
               "rejected as transient."},
    SettingRow{"spool", "hard_free", Kind::kWatermark, slot<kSpool, &SpoolSettings::hard_free>, R"("1 GiB")", 0, kNoLimit,
               "Less free than this: C-STORE is answered with A700."},

    SettingRow{"retention", "originals_days", Kind::kNumber, slot<kRetention, &RetentionSettings::originals_days>,
               "7", 0, 3650,
               "Original and output are kept so long after every destination has confirmed, then purged. "
               "Never before."},

    SettingRow{"web", "listen", Kind::kSocketAddress, slot<kWeb, &WebSettings::listen>, R"("127.0.0.1:8081")", 0, kNoLimit,
               "Loopback address and port of /livez, /readyz and /metrics; \"\" switches it off."},

    SettingRow{"audit", "key_file", Kind::kPath, slot<kAudit, &AuditSettings::key_file>, R"("")", 0, kNoLimit,
               "The key under which identifiers are hashed in audit rows, made by `efface key new FILE`. Empty: "
               "keys/audit.key in the state directory."},
};
// clang-format on

}  // namespace

std::span<const SettingSection> setting_sections() {
    return kSections;
}

std::span<const SettingRow> setting_rows() {
    return kRows;
}

const SettingRow* find_setting(std::string_view section, std::string_view key) {
    const auto* found = std::find_if(kRows.begin(), kRows.end(), [&](const SettingRow& row) {
        return row.section == section && row.key == key;
    });
    return found == kRows.end() ? nullptr : found;
}

std::string_view setting_kind_name(SettingKind kind) {
    switch (kind) {
        case Kind::kNumber:
            return "whole number";
        case Kind::kBytes:
            return "bytes, as a number or \"4 GiB\"";
        case Kind::kWatermark:
            return "bytes (\"2 GiB\") or percent (\"10%\")";
        case Kind::kPath:
            return "path";
        case Kind::kName:
            return "name (letters, digits, '-', '_', '.')";
        case Kind::kNames:
            return "list of names";
        case Kind::kHost:
            return "host name or address";
        case Kind::kAeTitle:
            return "AE title";
        case Kind::kAeTitleOrAny:
            return "AE title or \"*\"";
        case Kind::kAeTitles:
            return "list of AE titles";
        case Kind::kUids:
            return "list of UIDs";
        case Kind::kSocketAddress:
            return "loopback address:port";
        case Kind::kSocketAddresses:
            return "list of address:port";
        case Kind::kCidrBlocks:
            return "list of addresses or networks";
        case Kind::kLogLevel:
            return "\"debug\", \"info\", \"warning\" or \"error\"";
        case Kind::kLogFormat:
            return "\"text\" or \"json\"";
        case Kind::kDestinationKind:
            return "\"dicom\" or \"folder\"";
        case Kind::kSha256:
            return "SHA-256 in hex";
    }
    return "";
}

}  // namespace efface
