// NodeAccess: how a command reaches the node: through the daemon's socket, and for what only reads, on the
// database itself when no daemon listens. Also what the configuration says, loaded when first asked for.
// Thread rule: belongs to one thread.
#pragma once

#include "config/json.h"
#include "node/cli/command.h"
#include "node/control/control_client.h"
#include "node/control/operation.h"

#include <functional>
#include <optional>
#include <string>

namespace efface::node {

/// What was wrong, already printed, and what the program ends with.
using Stop = tl::unexpected<Exit>;

class NodeAccess {
public:
    explicit NodeAccess(CommandContext& context) : context_{context} {}

    /// The settings of --config, --state, /etc/efface/efface.toml or the embedded defaults, without looking
    /// at the files they name: an operator need not be able to read the keys. Errors are printed.
    tl::expected<const Settings*, Exit> settings();

    /// Which of them it was, for people.
    const std::string& settings_origin() const { return origin_; }

    /// Asks for one operation; errors are printed.
    tl::expected<Json, Exit> ask(std::string_view operation, const Json& arguments = Json::object());
    /// The same, the error for the caller to judge.
    ControlResult try_ask(std::string_view operation, const Json& arguments = Json::object());
    /// Asks page by page ("after", "next"); `row` sees each element of `list`. At most `limit` rows (0: all).
    tl::expected<void, Exit> ask_pages(
        std::string_view operation, Json arguments, std::string_view list, std::uint64_t limit,
        const std::function<void(const Json&)>& row
    );

    /// True once an answer came from the database itself.
    bool read_directly() const { return reader_.has_value(); }

    /// Reads this database instead of asking any daemon: the audit of a bulk run.
    void use_database(std::string path) { database_path_ = std::move(path); }

    Exit print(const ControlError& error);

private:
    tl::expected<Settings, Exit> load_settings();
    ControlResult read_here(const OperationRow& row, const Json& arguments);

    CommandContext& context_;
    std::optional<Settings> settings_;
    std::string origin_;
    std::string database_path_;
    std::optional<ControlClient> client_;
    std::optional<db::Database> reader_;
    std::optional<AuditIdentity> identity_;
};

Exit exit_of(ControlCode code);

}  // namespace efface::node
