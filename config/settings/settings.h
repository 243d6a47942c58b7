// Settings: everything an operator can decide, read once from TOML and never changed afterwards.
//
// Reading is strict: an unknown key, a wrong type or a value out of range is an error with file,
// line and column. Every key stands in one table (settings_table.cpp) with its default, range and
// help; `efface config example` and docs/configuration.md are printed from that table.
// Thread rule: const after loading; safe to share.
#pragma once

#include "config/crypto/digest.h"
#include "config/settings/ip_address.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace efface {

/// What is wrong in a settings file, for the person who wrote it. Line 0: the file as a whole.
struct SettingsError {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string text;
    /// "file:line:column: text".
    std::string message() const;
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : std::uint8_t { kText, kJson };
enum class DestinationKind : std::uint8_t { kDicom, kFolder };

/// Least free space of the spool's file system, in bytes or in percent of its size.
struct Watermark {
    std::uint64_t amount = 0;
    bool is_percent = false;

    /// True when less than this is free.
    bool is_below(std::uint64_t free_bytes, std::uint64_t total_bytes) const;
};

/// [node]
struct NodeSettings {
    std::string state_directory;
    std::string database_path;
    std::string spool_directory;
    std::string control_socket_path;
    LogLevel log_level = LogLevel::kInfo;
    LogFormat log_format = LogFormat::kText;
};

/// [listen]: the DICOM side.
struct ListenSettings {
    std::vector<SocketAddress> addresses;
    std::uint32_t associations_max = 0;
    std::uint32_t associations_per_peer_max = 0;
    std::uint32_t artim_timeout_seconds = 0;  ///< PS3.8 9.1.5: for the A-ASSOCIATE-RQ, and for the close.
    std::uint32_t read_timeout_seconds = 0;   ///< For the rest of a PDU once its first byte is there.
    std::uint32_t idle_timeout_seconds = 0;   ///< Between PDUs of an established association.
    std::uint32_t pdu_bytes_max = 0;          ///< Announced as Maximum Length Received (PS3.8 D.1).
    std::uint64_t instance_bytes_max = 0;
    /// Transfer syntax UIDs, most wanted first; a syntax not named is still accepted, after these.
    std::vector<std::string> preferred_transfer_syntaxes;
};

/// [[project]]: a called AE title with its rules and its key.
struct ProjectSettings {
    std::string name;
    std::vector<std::string> called_aes;
    std::string key_file;
    std::string rules_file;  ///< Empty: the built-in rules.
};

/// [[peer]]: who may send.
struct PeerSettings {
    std::string name;
    std::string calling_ae;              ///< "*": any.
    std::vector<CidrBlock> addresses;    ///< Never empty; from anywhere is 0.0.0.0/0 and ::/0.
    std::vector<std::string> projects;   ///< Project names; empty: every project.
    std::uint32_t associations_max = 0;  ///< Never above listen.associations_per_peer_max.

    bool may_send_to(std::string_view project) const;
};

/// [[destination]]: where cleaned instances go. Rules name destinations.
struct DestinationSettings {
    std::string name;
    DestinationKind kind = DestinationKind::kFolder;
    std::string path;  ///< kFolder only.
    std::string host;  ///< kDicom from here on: a name or an address.
    std::uint16_t port = 0;
    std::string called_ae;
    std::string calling_ae;
    std::uint32_t associations_max = 0;
    std::uint32_t connect_timeout_seconds = 0;
    std::uint32_t response_timeout_seconds = 0;
    std::uint32_t idle_timeout_seconds = 0;  ///< An open association without work is released after this.
    std::uint32_t retry_seconds_min = 0;     ///< Both kinds.
    std::uint32_t retry_seconds_max = 0;     ///< Both kinds.
};

/// [workers]
struct WorkersSettings {
    std::uint32_t count = 0;  ///< Already resolved: never 0.
    std::uint32_t memory_mb_max = 0;
    std::uint32_t cpu_seconds_max = 0;   ///< Per unit of work.
    std::uint32_t search_threads = 0;    ///< Of one worker, while it searches pixels.
    std::uint32_t wall_seconds_max = 0;  ///< Per unit of work.
};

/// [models]
struct ModelsSettings {
    std::string face_detector;         ///< Of efface-detector/1, or YuNet; empty: none.
    std::string face_detector_sha256;  ///< In hex. Both or neither.
    std::string generator;             ///< Of efface-generator/1; empty: the one that is installed, if any.
    std::string generator_sha256;      ///< In hex. Both or neither.
};

/// [spool]
struct SpoolSettings {
    Watermark soft_free;  ///< Below: not ready, new associations are rejected as transient.
    Watermark hard_free;  ///< Below: C-STORE is answered with A700.
};

/// [retention]
struct RetentionSettings {
    std::uint32_t originals_days = 0;
};

/// [web]
struct WebSettings {
    std::optional<SocketAddress> listen;  ///< Loopback only; nothing: off.
};

/// [audit]
struct AuditSettings {
    std::string key_file;
};

struct Settings {
    NodeSettings node;
    ListenSettings listen;
    WorkersSettings workers;
    ModelsSettings models;
    SpoolSettings spool;
    RetentionSettings retention;
    WebSettings web;
    AuditSettings audit;
    std::vector<ProjectSettings> projects;
    std::vector<PeerSettings> peers;
    std::vector<DestinationSettings> destinations;

    /// Reads a settings text. Relative paths are taken from `base_directory`. All errors found, in
    /// the order of the file, at most kSettingsErrorsMax. Opens no file.
    static tl::expected<Settings, std::vector<SettingsError>> parse(
        std::string_view toml_text, const std::string& file_name, const std::string& base_directory
    );
    /// Reads a settings file, then checks that the key and rule files it names are there and that key
    /// files are closed to others.
    static tl::expected<Settings, std::vector<SettingsError>> load(const std::string& path);
    /// What `make demo` runs on: SQLite, a local spool, the folder `archive` as destination "archive",
    /// project "demo" (called AE EFFACE, keys/demo.key), peer "any-local" (any calling AE from loopback).
    static Settings embedded(const std::string& state_directory);

    /// The project that answers to a called AE title, or null.
    const ProjectSettings* find_project_by_called_ae(std::string_view called_ae) const;
    const ProjectSettings* find_project(std::string_view name) const;
    /// The first peer whose calling AE title and addresses match, or null.
    const PeerSettings* find_peer(std::string_view calling_ae, const IpAddress& from) const;
    const DestinationSettings* find_destination(std::string_view name) const;

    /// Every setting as "section.key = value" lines in table order, defaults included; equal settings
    /// give equal text. Holds no secret and no patient data.
    std::string canonical_text() const;
    /// SHA-256 of canonical_text(): the configuration digest of the audit.
    Digest digest() const;
};

inline constexpr std::size_t kSettingsErrorsMax = 50;
inline constexpr std::size_t kSettingsFileBytesMax = 1 << 20;
inline constexpr std::size_t kProjectsMax = 256;
inline constexpr std::size_t kPeersMax = 4096;
inline constexpr std::size_t kDestinationsMax = 256;

/// $XDG_STATE_HOME/efface where that is set, else /var/lib/efface for root, ~/.local/state/efface for others.
std::string default_state_directory();
/// A complete commented settings file that loads as it stands: what `efface config example` prints.
std::string settings_example();
/// docs/configuration.md.
std::string settings_reference_markdown();

}  // namespace efface
