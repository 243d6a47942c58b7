#include "config/settings/settings.h"

#include "config/assert.h"
#include "config/settings/nearest.h"
#include "config/settings/settings_checks.h"
#include "config/settings/settings_table.h"
#include "config/settings/settings_value.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <unistd.h>

namespace efface {

namespace {

using Errors = std::vector<SettingsError>;
constexpr std::uint64_t kDemoSoftFreeBytes = 512ULL << 20;
constexpr std::uint64_t kDemoHardFreeBytes = 256ULL << 20;

/// Appends an element to the list behind a [[section]].
void append_element(Settings& settings, std::string_view section) {
    if (section == "project") {
        settings.projects.emplace_back();
    } else if (section == "peer") {
        settings.peers.emplace_back();
    } else {
        EFFACE_ASSERT(section == "destination");
        settings.destinations.emplace_back();
    }
}

/// Gives every field of a section the default of its row; those without stay empty until they are read.
void assign_defaults(Settings& settings, std::string_view section) {
    for (const SettingRow& row : setting_rows()) {
        if (row.section != section || row.default_toml.empty()) {
            continue;
        }
        const RawDocument document =
            read_settings_toml("[d]\nv = " + std::string{row.default_toml}, "default");
        EFFACE_ASSERT(document.sections.size() == 1 && document.sections[0].entries.size() == 1);
        const auto wrong = assign_setting(row, document.sections[0].entries[0].value, row.slot(settings));
        EFFACE_ASSERT(!wrong);
    }
}

std::vector<std::string_view> section_names() {
    std::vector<std::string_view> names;
    for (const SettingSection& section : setting_sections()) {
        names.push_back(section.name);
    }
    return names;
}

std::vector<std::string_view> key_names(std::string_view section) {
    std::vector<std::string_view> names;
    for (const SettingRow& row : setting_rows()) {
        if (row.section == section) {
            names.push_back(row.key);
        }
    }
    return names;
}

/// Reads a document into Settings, collecting every error.
class Reader {
public:
    explicit Reader(const std::string& file_name) : file_name_{file_name} {}

    void read(const RawDocument& document) {
        for (const SettingSection& section : setting_sections()) {
            if (!section.is_list) {
                assign_defaults(settings_, section.name);
            }
        }
        for (const RawSection& section : document.sections) {
            read_section(section);
        }
    }

    Settings& settings() { return settings_; }

    Errors& errors() { return errors_; }

private:
    void error(FilePosition at, std::string text) {
        errors_.push_back({file_name_, at.line, at.column, std::move(text)});
    }

    void read_section(const RawSection& section) {
        const auto known = std::find_if(
            setting_sections().begin(), setting_sections().end(),
            [&](const SettingSection& candidate) { return candidate.name == section.name; }
        );
        if (known == setting_sections().end()) {
            error(
                section.at,
                "unknown section '" + section.name + "'" + did_you_mean(section.name, section_names())
            );
            return;
        }
        if (known->is_list != section.from_array) {
            const std::string name{known->name};
            error(
                section.at, known->is_list ? "write [[" + name + "]]: there may be several"
                                           : "write [" + name + "]: there is only one"
            );
            return;
        }
        if (known->is_list) {
            if (++list_counts_[section.name] > known->count_max) {
                error(
                    section.at,
                    "more than " + std::to_string(known->count_max) + " of [[" + section.name + "]]"
                );
                return;
            }
            append_element(settings_, known->name);
            assign_defaults(settings_, known->name);
        }
        read_entries(section);
        check_required(section);
    }

    void read_entries(const RawSection& section) {
        for (const RawEntry& entry : section.entries) {
            const SettingRow* row = find_setting(section.name, entry.key);
            if (row == nullptr) {
                error(
                    entry.key_at, "unknown key '" + entry.key + "' in " + section.name +
                                      did_you_mean(entry.key, key_names(section.name))
                );
            } else if (const auto wrong = assign_setting(*row, entry.value, row->slot(settings_))) {
                error(entry.value_at, section.name + "." + entry.key + ": " + *wrong);
            }
        }
    }

    /// A key that only one kind of destination has must be missing from the other kind.
    void check_required(const RawSection& section) {
        const bool folder =
            section.name == "destination" && settings_.destinations.back().kind == DestinationKind::kFolder;
        for (const SettingRow& row : setting_rows()) {
            if (row.section != section.name) {
                continue;
            }
            const auto entry =
                std::find_if(section.entries.begin(), section.entries.end(), [&](const RawEntry& e) {
                    return e.key == row.key;
                });
            const bool given = entry != section.entries.end();
            const bool applies =
                row.scope == SettingScope::kAlways || folder == (row.scope == SettingScope::kFolderOnly);
            if (!applies && given) {
                error(
                    entry->key_at, "'" + std::string{row.key} +
                                       "' has no meaning for a destination of kind \"" +
                                       (folder ? "folder" : "dicom") + "\""
                );
            } else if (applies && !given && row.default_toml.empty()) {
                error(
                    section.at, section.name + " needs " + std::string{row.key} + " (" +
                                    std::string{setting_kind_name(row.kind)} + "): " + std::string{row.help}
                );
            }
        }
    }

    const std::string& file_name_;
    Settings settings_;
    Errors errors_;
    std::map<std::string, std::size_t> list_counts_;
};

void make_absolute(std::string& path, const std::string& base_directory) {
    if (!path.empty() && path.front() != '/') {
        path = base_directory + "/" + path;
    }
}

/// Fills in what follows from the state directory and the machine.
void resolve(Settings& settings, const std::string& base_directory) {
    NodeSettings& node = settings.node;
    if (node.state_directory.empty()) {
        node.state_directory = default_state_directory();
    }
    const auto below_state = [&](std::string& path, std::string_view name) {
        if (path.empty()) {
            path = node.state_directory + "/" + std::string{name};
        }
    };
    make_absolute(node.state_directory, base_directory);
    below_state(node.database_path, "efface.sqlite");
    below_state(node.spool_directory, "spool");
    below_state(node.control_socket_path, "control.sock");
    below_state(settings.audit.key_file, "keys/audit.key");
    for (std::string* path :
         {&node.database_path, &node.spool_directory, &node.control_socket_path, &settings.audit.key_file}) {
        make_absolute(*path, base_directory);
    }
    for (std::string* path : {&settings.models.face_detector, &settings.models.generator}) {
        if (!path->empty()) {
            make_absolute(*path, base_directory);
        }
    }
    for (ProjectSettings& project : settings.projects) {
        make_absolute(project.key_file, base_directory);
        make_absolute(project.rules_file, base_directory);
    }
    for (DestinationSettings& destination : settings.destinations) {
        make_absolute(destination.path, base_directory);
    }
    if (settings.workers.count == 0) {
        settings.workers.count = std::max(1U, std::thread::hardware_concurrency());
    }
}

void sort_and_bound(Errors& errors) {
    std::stable_sort(errors.begin(), errors.end(), [](const SettingsError& a, const SettingsError& b) {
        return std::pair{a.line, a.column} < std::pair{b.line, b.column};
    });
    if (errors.size() > kSettingsErrorsMax) {
        errors.resize(kSettingsErrorsMax);
    }
}

tl::expected<Settings, Errors> parse_document(
    const RawDocument& document, const std::string& file_name, const std::string& base_directory
) {
    Reader reader{file_name};
    reader.read(document);
    Errors errors = document.errors;
    errors.insert(errors.end(), reader.errors().begin(), reader.errors().end());
    Settings& settings = reader.settings();
    resolve(settings, base_directory);
    if (errors.empty()) {
        if (settings.projects.empty()) {
            errors.push_back({file_name, 0, 0, "no [[project]]: the node would answer to no AE title"});
        }
        if (settings.peers.empty()) {
            errors.push_back({file_name, 0, 0, "no [[peer]]: nobody could send"});
        }
        const Errors together = check_settings_together(settings, document, file_name);
        errors.insert(errors.end(), together.begin(), together.end());
    }
    if (!errors.empty()) {
        sort_and_bound(errors);
        return tl::unexpected(std::move(errors));
    }
    return std::move(settings);
}

/// The file's text, or why not.
tl::expected<std::string, std::string> read_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rbe"), &std::fclose};
    if (!file) {
        return tl::unexpected<std::string>(
            "cannot be opened; `efface config example` prints one to start from"
        );
    }
    std::string text(kSettingsFileBytesMax + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0) {
        return tl::unexpected<std::string>("cannot be read");
    }
    if (text.size() > kSettingsFileBytesMax) {
        return tl::unexpected<std::string>("is longer than 1 MiB");
    }
    return text;
}

std::string directory_of(const std::string& path) {
    std::string directory =
        path.substr(0, path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'));
    if (directory.empty()) {
        directory = path.starts_with('/') ? "/" : ".";
    }
    std::unique_ptr<char, void (*)(void*)> absolute{::realpath(directory.c_str(), nullptr), &std::free};
    return absolute ? absolute.get() : directory;
}

}  // namespace

std::string SettingsError::message() const {
    const std::string place = line == 0 ? "" : ":" + std::to_string(line) + ":" + std::to_string(column);
    return file + place + ": " + text;
}

bool Watermark::is_below(std::uint64_t free_bytes, std::uint64_t total_bytes) const {
    // Divide first: a percentage of 2^64 bytes must not overflow.
    return free_bytes < (is_percent ? total_bytes / 100 * amount : amount);
}

bool PeerSettings::may_send_to(std::string_view project) const {
    return projects.empty() || std::find(projects.begin(), projects.end(), project) != projects.end();
}

tl::expected<Settings, Errors> Settings::parse(
    std::string_view toml_text, const std::string& file_name, const std::string& base_directory
) {
    return parse_document(read_settings_toml(toml_text, file_name), file_name, base_directory);
}

tl::expected<Settings, Errors> Settings::load(const std::string& path) {
    const auto text = read_file(path);
    if (!text) {
        return tl::unexpected(Errors{{path, 0, 0, text.error()}});
    }
    const RawDocument document = read_settings_toml(*text, path);
    auto settings = parse_document(document, path, directory_of(path));
    if (settings) {
        Errors errors = check_settings_files(*settings, document, path);
        if (!errors.empty()) {
            sort_and_bound(errors);
            return tl::unexpected(std::move(errors));
        }
    }
    return settings;
}

Settings Settings::embedded(const std::string& state_directory) {
    Settings settings;
    for (const SettingSection& section : setting_sections()) {
        if (section.is_list) {
            append_element(settings, section.name);
        }
        assign_defaults(settings, section.name);
    }
    settings.node.state_directory = state_directory;
    settings.spool = {.soft_free = {kDemoSoftFreeBytes, false}, .hard_free = {kDemoHardFreeBytes, false}};
    settings.projects[0].name = "demo";
    settings.projects[0].called_aes = {"EFFACE"};
    settings.projects[0].key_file = state_directory + "/keys/demo.key";
    settings.peers[0].name = "any-local";
    settings.peers[0].calling_ae = "*";
    settings.peers[0].addresses = {*CidrBlock::parse("127.0.0.0/8"), *CidrBlock::parse("::1")};
    settings.destinations[0].name = "archive";
    settings.destinations[0].kind = DestinationKind::kFolder;
    settings.destinations[0].path = state_directory + "/archive";
    resolve(settings, ".");
    return settings;
}

const ProjectSettings* Settings::find_project_by_called_ae(std::string_view called_ae) const {
    for (const ProjectSettings& project : projects) {
        if (std::find(project.called_aes.begin(), project.called_aes.end(), called_ae) !=
            project.called_aes.end()) {
            return &project;
        }
    }
    return nullptr;
}

const ProjectSettings* Settings::find_project(std::string_view name) const {
    for (const ProjectSettings& project : projects) {
        if (project.name == name) {
            return &project;
        }
    }
    return nullptr;
}

const PeerSettings* Settings::find_peer(std::string_view calling_ae, const IpAddress& from) const {
    for (const PeerSettings& peer : peers) {
        const bool named = peer.calling_ae == "*" || peer.calling_ae == calling_ae;
        const bool allowed =
            std::any_of(peer.addresses.begin(), peer.addresses.end(), [&](const CidrBlock& block) {
                return block.contains(from);
            });
        if (named && allowed) {
            return &peer;
        }
    }
    return nullptr;
}

const DestinationSettings* Settings::find_destination(std::string_view name) const {
    for (const DestinationSettings& destination : destinations) {
        if (destination.name == name) {
            return &destination;
        }
    }
    return nullptr;
}

Digest Settings::digest() const {
    return sha256(canonical_text());
}

std::string default_state_directory() {
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && state[0] == '/') {
        return std::string{state} + "/efface";
    }
    if (::geteuid() == 0) {
        return "/var/lib/efface";
    }
    const char* home = std::getenv("HOME");
    return std::string{home != nullptr && home[0] == '/' ? home : "/tmp"} + "/.local/state/efface";
}

}  // namespace efface
