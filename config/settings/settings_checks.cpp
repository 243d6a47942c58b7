#include "config/settings/settings_checks.h"

#include "config/crypto/digest.h"
#include "config/settings/nearest.h"

#include <map>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace efface {

namespace {

constexpr std::size_t kSocketPathBytesMax = 107;  // sockaddr_un of Linux, less the NUL.
constexpr mode_t kOpenToOthers = 077;

/// Collects errors and knows where each setting stands.
class Checker {
public:
    Checker(const RawDocument& document, const std::string& file_name)
        : document_{document}, file_name_{file_name} {}

    void error(std::string_view section, std::size_t index, std::string_view key, std::string text) {
        const FilePosition at = position(section, index, key);
        errors_.push_back({file_name_, at.line, at.column, std::move(text)});
    }

    std::vector<SettingsError> take() { return std::move(errors_); }

private:
    /// Of the value; of the section where the key is not written; of the file where neither is.
    FilePosition position(std::string_view section, std::size_t index, std::string_view key) const {
        std::size_t seen = 0;
        for (const RawSection& candidate : document_.sections) {
            if (candidate.name != section || seen++ != index) {
                continue;
            }
            for (const RawEntry& entry : candidate.entries) {
                if (entry.key == key) {
                    return entry.value_at;
                }
            }
            return candidate.at;
        }
        return {};
    }

    const RawDocument& document_;
    const std::string& file_name_;
    std::vector<SettingsError> errors_;
};

template <class Element>
void check_names_differ(Checker& checker, std::string_view section, const std::vector<Element>& elements) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (!seen.insert(elements[i].name).second) {
            checker.error(
                section, i, "name",
                "the name '" + elements[i].name + "' is taken by an earlier " + std::string{section}
            );
        }
    }
}

void check_called_aes_differ(Checker& checker, const std::vector<ProjectSettings>& projects) {
    std::map<std::string_view, std::string_view> owner;
    for (std::size_t i = 0; i < projects.size(); ++i) {
        for (const std::string& called_ae : projects[i].called_aes) {
            const auto [place, is_new] = owner.emplace(called_ae, projects[i].name);
            if (!is_new) {
                checker.error(
                    "project", i, "called_aes",
                    "the called AE title '" + called_ae + "' already belongs to project '" +
                        std::string{place->second} + "'; each belongs to one"
                );
            }
        }
    }
}

void check_peers(Checker& checker, const Settings& settings) {
    std::vector<std::string_view> names;
    for (const ProjectSettings& project : settings.projects) {
        names.push_back(project.name);
    }
    for (std::size_t i = 0; i < settings.peers.size(); ++i) {
        for (const std::string& project : settings.peers[i].projects) {
            if (settings.find_project(project) == nullptr) {
                checker.error(
                    "peer", i, "projects",
                    "there is no project '" + project + "'" + did_you_mean(project, names)
                );
            }
        }
    }
}

void check_watermarks(Checker& checker, const SpoolSettings& spool) {
    if (spool.hard_free.is_percent == spool.soft_free.is_percent &&
        spool.hard_free.amount > spool.soft_free.amount) {
        checker.error(
            "spool", 0, "hard_free", "hard_free is above soft_free; the soft limit must come first"
        );
    }
}

void check_key_file(
    Checker& checker, std::string_view section, std::size_t index, const std::string& path,
    std::string_view whose
) {
    struct stat info {};

    if (::stat(path.c_str(), &info) != 0) {
        checker.error(
            section, index, "key_file",
            "there is no " + std::string{whose} + " at " + path + "; make it once with: efface key new " +
                path
        );
    } else if (!S_ISREG(info.st_mode)) {
        checker.error(section, index, "key_file", path + " is not a file");
    } else if ((info.st_mode & kOpenToOthers) != 0) {
        checker.error(
            section, index, "key_file", path + " is open to other users; close it with: chmod 600 " + path
        );
    }
}

/// `key` names a file, `key`_sha256 its digest: both or neither.
void check_model(Checker& checker, const std::string& key, const std::string& path, const std::string& hex) {
    const bool named = !path.empty();
    if (named && ::access(path.c_str(), R_OK) != 0) {
        checker.error("models", 0, key, "there is no file at " + path);
    }
    if (named && !digest_from_hex(hex)) {
        checker.error(
            "models", 0, key + "_sha256",
            key + " needs its SHA-256, 64 hex digits; print it with: sha256sum " + path
        );
    }
    if (!named && !hex.empty()) {
        checker.error("models", 0, key + "_sha256", "a digest without a " + key + " that has it");
    }
}

void check_models(Checker& checker, const ModelsSettings& models) {
    check_model(checker, "face_detector", models.face_detector, models.face_detector_sha256);
    check_model(checker, "generator", models.generator, models.generator_sha256);
}

}  // namespace

std::vector<SettingsError> check_settings_together(
    const Settings& settings, const RawDocument& document, const std::string& file_name
) {
    Checker checker{document, file_name};
    check_names_differ(checker, "project", settings.projects);
    check_names_differ(checker, "peer", settings.peers);
    check_names_differ(checker, "destination", settings.destinations);
    check_called_aes_differ(checker, settings.projects);
    check_peers(checker, settings);
    check_watermarks(checker, settings.spool);
    check_models(checker, settings.models);
    for (std::size_t i = 0; i < settings.destinations.size(); ++i) {
        if (settings.destinations[i].retry_seconds_min > settings.destinations[i].retry_seconds_max) {
            checker.error(
                "destination", i, "retry_seconds_min", "retry_seconds_min is above retry_seconds_max"
            );
        }
    }
    if (settings.node.control_socket_path.size() > kSocketPathBytesMax) {
        checker.error(
            "node", 0, "control_socket_path",
            "the control socket's path is longer than 107 bytes, the most a Unix socket may have"
        );
    }
    return checker.take();
}

std::vector<SettingsError> check_settings_files(
    const Settings& settings, const RawDocument& document, const std::string& file_name
) {
    Checker checker{document, file_name};
    for (std::size_t i = 0; i < settings.projects.size(); ++i) {
        const ProjectSettings& project = settings.projects[i];
        check_key_file(checker, "project", i, project.key_file, "pseudonym key");

        struct stat info {};

        if (!project.rules_file.empty() && ::stat(project.rules_file.c_str(), &info) != 0) {
            checker.error("project", i, "rules_file", "there is no rule file at " + project.rules_file);
        }
    }
    check_key_file(checker, "audit", 0, settings.audit.key_file, "audit key");
    return checker.take();
}

}  // namespace efface
