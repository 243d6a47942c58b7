// What is printed from the table of settings: the example file, the reference, the canonical text.
#include "config/settings/settings.h"
#include "config/settings/settings_table.h"
#include "config/settings/settings_value.h"

namespace efface {

namespace {

constexpr std::size_t kCommentColumnsMax = 100;

bool applies(const SettingRow& row, const Settings& settings) {
    if (row.scope == SettingScope::kAlways) {
        return true;
    }
    return (settings.destinations.back().kind == DestinationKind::kFolder) ==
           (row.scope == SettingScope::kFolderOnly);
}

/// `text` broken at spaces into "# ..." lines.
std::string comment(std::string_view text) {
    std::string out;
    std::string line = "#";
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string_view word = text.substr(begin, end - begin);
        if (line.size() > 1 && line.size() + 1 + word.size() > kCommentColumnsMax) {
            out += line + "\n";
            line = "#";
        }
        line += " " + std::string{word};
        begin = end + 1;
    }
    return out + line + "\n";
}

std::string row_comment(const SettingRow& row) {
    const std::string range = setting_range(row);
    std::string text = std::string{row.help} + " [" + std::string{setting_kind_name(row.kind)};
    text += range.empty() ? "" : ", " + range;
    text += row.default_toml.empty() ? ", required]" : ", default " + std::string{row.default_toml} + "]";
    return comment(text);
}

/// What the example shows for the keys that have no default.
Settings example_settings() {
    Settings settings;
    settings.projects = {
        {.name = "demo", .called_aes = {"EFFACE"}, .key_file = "keys/demo.key", .rules_file = ""}};
    settings.peers = {
        {.name = "ct-1",
         .calling_ae = "CT1",
         .addresses = {*CidrBlock::parse("127.0.0.1"), *CidrBlock::parse("10.1.0.0/16")},
         .projects = {},
         .associations_max = 0}};
    DestinationSettings folder{.name = "archive", .kind = DestinationKind::kFolder, .path = "archive"};
    DestinationSettings dicom{.name = "research-pacs", .kind = DestinationKind::kDicom};
    dicom.host = "pacs.example.org";
    dicom.port = 104;
    dicom.called_ae = "RESEARCH";
    settings.destinations = {folder, dicom};
    return settings;
}

/// A Settings whose list `section` holds element `index` only, so that the slots of that section reach it.
Settings only_element(const Settings& settings, std::string_view section, std::size_t index) {
    Settings one = settings;
    if (section == "project") {
        one.projects = {settings.projects.at(index)};
    } else if (section == "peer") {
        one.peers = {settings.peers.at(index)};
    } else if (section == "destination") {
        one.destinations = {settings.destinations.at(index)};
    }
    return one;
}

std::size_t element_count(const Settings& settings, const SettingSection& section) {
    if (section.name == "project") {
        return settings.projects.size();
    }
    if (section.name == "peer") {
        return settings.peers.size();
    }
    return section.name == "destination" ? settings.destinations.size() : 1;
}

std::string example_section(const SettingSection& section, Settings settings, bool first) {
    const std::string name{section.name};
    std::string out = "\n" + (first ? comment(section.help) : "");
    out += section.is_list ? "[[" + name + "]]\n" : "[" + name + "]\n";
    for (const SettingRow& row : setting_rows()) {
        if (row.section != section.name || !applies(row, settings)) {
            continue;
        }
        const bool told = !first && row.scope == SettingScope::kAlways;
        out += told ? "" : row_comment(row);
        out += std::string{row.key} + " = ";
        out += row.default_toml.empty() ? setting_toml(row.slot(settings)) : std::string{row.default_toml};
        out += "\n";
    }
    return out;
}

}  // namespace

std::string Settings::canonical_text() const {
    std::string out;
    for (const SettingSection& section : setting_sections()) {
        for (std::size_t i = 0; i < element_count(*this, section); ++i) {
            Settings one = only_element(*this, section.name, i);
            for (const SettingRow& row : setting_rows()) {
                if (row.section == section.name && applies(row, one)) {
                    const std::string index = section.is_list ? "[" + std::to_string(i) + "]" : "";
                    out += std::string{row.section} + index + "." + std::string{row.key} + " = " +
                           setting_toml(row.slot(one)) + "\n";
                }
            }
        }
    }
    return out;
}

std::string settings_example() {
    const Settings settings = example_settings();
    std::string out = comment(
        "Efface: every setting with its default. A shorter file does: only [[project]] and [[peer]] must be "
        "there. "
        "Relative paths are taken from the folder of this file. Check it with `efface config check FILE`."
    );
    for (const SettingSection& section : setting_sections()) {
        for (std::size_t i = 0; i < element_count(settings, section); ++i) {
            out += example_section(section, only_element(settings, section.name, i), i == 0);
        }
    }
    return out;
}

std::string settings_reference_markdown() {
    std::string out =
        "# Configuration reference\n\n"
        "Printed from the settings table (`config/settings/settings_table.cpp`) by `make docs`; do not edit "
        "by hand.\n"
        "The file is TOML. Reading is strict: an unknown key, a wrong type or a value out of range is an "
        "error with\n"
        "file, line and column. Relative paths are taken from the folder of the file. `efface config "
        "example` prints\n"
        "a complete commented file, `efface config check FILE` checks one.\n";
    for (const SettingSection& section : setting_sections()) {
        const std::string name{section.name};
        out += "\n## " + (section.is_list ? "`[[" + name + "]]`" : "`[" + name + "]`") + "\n\n";
        out += std::string{section.help} +
               "\n\n| key | type | default | range | meaning |\n|---|---|---|---|---|\n";
        for (const SettingRow& row : setting_rows()) {
            if (row.section != section.name) {
                continue;
            }
            out += "| `" + std::string{row.key} + "` | " + std::string{setting_kind_name(row.kind)} + " | ";
            out += row.default_toml.empty() ? "required" : "`" + std::string{row.default_toml} + "`";
            out += " | " + setting_range(row) + " | " + std::string{row.help};
            out += row.scope == SettingScope::kDicomOnly    ? " Kind `dicom` only."
                   : row.scope == SettingScope::kFolderOnly ? " Kind `folder` only."
                                                            : "";
            out += " |\n";
        }
    }
    return out;
}

}  // namespace efface
