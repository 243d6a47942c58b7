#include "config/settings/settings_toml.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace efface {

namespace {

FilePosition position(const toml::source_region& region) {
    return {region.begin.line, region.begin.column};
}

RawValue array_value(const toml::array& array) {
    std::vector<std::string> texts;
    for (const toml::node& element : array) {
        const auto* text = element.as_string();
        if (text == nullptr) {
            return {std::monostate{}, "a list of something other than text"};
        }
        texts.push_back(text->get());
    }
    return {std::move(texts), "a list of text"};
}

RawValue plain_value(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::string:
            return {node.as_string()->get(), "text"};
        case toml::node_type::integer:
            return {node.as_integer()->get(), "a whole number"};
        case toml::node_type::boolean:
            return {node.as_boolean()->get(), "true or false"};
        case toml::node_type::array:
            return array_value(*node.as_array());
        case toml::node_type::floating_point:
            return {std::monostate{}, "a number with a fraction"};
        case toml::node_type::table:
            return {std::monostate{}, "a table"};
        default:
            return {std::monostate{}, "a date or time"};
    }
}

RawSection section(std::string_view name, bool from_array, const toml::table& table, FilePosition at) {
    RawSection out{.name = std::string{name}, .from_array = from_array, .at = at, .entries = {}};
    for (const auto& [key, node] : table) {
        out.entries.push_back(
            {std::string{key.str()}, position(key.source()), position(node.source()), plain_value(node)}
        );
    }
    return out;
}

bool holds_tables_only(const toml::array& array) {
    return !array.empty() && array.is_homogeneous(toml::node_type::table);
}

}  // namespace

RawDocument read_settings_toml(std::string_view text, const std::string& file_name) {
    RawDocument document;
    const toml::parse_result parsed = toml::parse(text, file_name);
    if (!parsed) {
        const FilePosition at = position(parsed.error().source());
        document.errors.push_back(
            {file_name, at.line, at.column, "not TOML: " + std::string{parsed.error().description()}}
        );
        return document;
    }
    for (const auto& [key, node] : parsed.table()) {
        if (const auto* table = node.as_table()) {
            document.sections.push_back(section(key.str(), false, *table, position(key.source())));
        } else if (const auto* array = node.as_array(); array != nullptr && holds_tables_only(*array)) {
            for (const toml::node& element : *array) {
                document.sections.push_back(
                    section(key.str(), true, *element.as_table(), position(element.source()))
                );
            }
        } else {
            const FilePosition at = position(key.source());
            document.errors.push_back(
                {file_name, at.line, at.column,
                 "'" + std::string{key.str()} +
                     "' stands outside every section; write it below [node], "
                     "[listen] or the section it belongs to"}
            );
        }
    }
    return document;
}

}  // namespace efface
