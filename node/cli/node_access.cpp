#include "node/cli/node_access.h"

#include "config/assert.h"
#include "config/json.h"
#include "db/store/store.h"
#include "node/control/key_file.h"

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr const char* kSystemConfig = "/etc/efface/efface.toml";

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

/// So that messages name a path that can be pasted anywhere.
std::string absolute(const std::string& path) {
    std::string out = std::filesystem::absolute(path).lexically_normal().string();
    while (out.size() > 1 && out.back() == '/') {
        out.pop_back();
    }
    return out;
}

}  // namespace

Exit exit_of(ControlCode code) {
    switch (code) {
        case ControlCode::kUsage:
            return Exit::kUsage;
        case ControlCode::kNotFound:
            return Exit::kNegative;
        case ControlCode::kRefused:
            return Exit::kRefused;
        case ControlCode::kUnavailable:
            return Exit::kDaemonDown;
        case ControlCode::kInternal:
            return Exit::kInternal;
    }
    return Exit::kInternal;
}

Exit NodeAccess::print(const ControlError& error) {
    context_.output.error(error.text);
    return exit_of(error.code);
}

tl::expected<Settings, Exit> NodeAccess::load_settings() {
    std::string path = context_.config_path;
    if (path.empty() && context_.state_directory.empty() && ::access(kSystemConfig, F_OK) == 0) {
        path = kSystemConfig;
    }
    if (path.empty()) {
        const std::string directory =
            context_.state_directory.empty() ? default_state_directory() : absolute(context_.state_directory);
        origin_ = "embedded defaults in " + directory;
        return Settings::embedded(directory);
    }
    origin_ = path;
    const auto text = read_small_file(path, kSettingsFileBytesMax);
    if (!text) {
        context_.output.error(text.error());
        return Stop{Exit::kConfiguration};
    }
    auto parsed = Settings::parse(*text, path, directory_of(path));
    if (!parsed) {
        for (const SettingsError& error : parsed.error()) {
            context_.output.error(error.message());
        }
        return Stop{Exit::kConfiguration};
    }
    return std::move(*parsed);
}

tl::expected<const Settings*, Exit> NodeAccess::settings() {
    if (!settings_) {
        auto loaded = load_settings();
        if (!loaded) {
            return Stop{loaded.error()};
        }
        settings_ = std::move(*loaded);
    }
    return &*settings_;
}

ControlResult NodeAccess::read_here(const OperationRow& row, const Json& arguments) {
    if (!reader_) {
        const std::string& path = database_path_.empty() ? settings_->node.database_path : database_path_;
        auto opened = db::open_store_reader(path);
        if (!opened) {
            return control_error(
                opened.error().fault == Fault::kRefuse ? ControlCode::kUnavailable : ControlCode::kInternal,
                path + ": " + opened.error().message()
            );
        }
        reader_ = std::move(*opened);
        if (auto key = read_key_file(settings_->audit.key_file)) {
            identity_.emplace(std::move(*key));
        }
    }
    return row.read(
        {.database = *reader_,
         .settings = *settings_,
         .identity = identity_ ? &*identity_ : nullptr,
         .now = context_.environment.clock.now()},
        arguments
    );
}

ControlResult NodeAccess::try_ask(std::string_view operation, const Json& arguments) {
    if (auto loaded = settings(); !loaded) {
        return control_error(ControlCode::kUsage, "the configuration cannot be read");
    }
    const OperationRow* row = find_operation(operation);
    EFFACE_ASSERT(row != nullptr);
    if (row->read != nullptr && (reader_ || !database_path_.empty())) {
        return read_here(*row, arguments);
    }
    if (!client_) {
        auto connected = ControlClient::connect(settings_->node.control_socket_path);
        if (connected) {
            client_ = std::move(*connected);
        } else if (connected.error().code == ControlCode::kUnavailable && row->read != nullptr) {
            return read_here(*row, arguments);
        } else {
            return tl::unexpected(connected.error());
        }
    }
    return client_->call(operation, arguments);
}

tl::expected<Json, Exit> NodeAccess::ask(std::string_view operation, const Json& arguments) {
    if (auto loaded = settings(); !loaded) {
        return Stop{loaded.error()};
    }
    auto result = try_ask(operation, arguments);
    if (result) {
        return std::move(*result);
    }
    const OperationRow* row = find_operation(operation);
    if (result.error().code == ControlCode::kUnavailable && row->change != nullptr) {
        const std::string how = !context_.config_path.empty()       ? " --config " + context_.config_path
                                : !context_.state_directory.empty() ? " --state " + context_.state_directory
                                                                    : "";
        context_.output.error(result.error().text + "; nothing was changed. Start it with: effaced" + how);
        return Stop{Exit::kDaemonDown};
    }
    return Stop{print(result.error())};
}

tl::expected<void, Exit> NodeAccess::ask_pages(
    std::string_view operation, Json arguments, std::string_view list, std::uint64_t limit,
    const std::function<void(const Json&)>& row
) {
    std::uint64_t left = limit == 0 ? ~std::uint64_t{0} : limit;
    while (left > 0) {
        arguments["count"] = std::min<std::uint64_t>(left, kPageRowsMax);
        auto page = ask(operation, arguments);
        if (!page) {
            return Stop{page.error()};
        }
        const Json& rows = (*page)[std::string{list}];
        for (const Json& each : rows) {
            row(each);
        }
        left -= std::min<std::uint64_t>(left, rows.size());
        const std::uint64_t next = number_of(*page, "next");
        if (next == 0) {
            return {};
        }
        arguments["after"] = next;
    }
    return {};
}

}  // namespace efface::node
