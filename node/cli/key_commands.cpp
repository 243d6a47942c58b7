#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/control/key_file.h"

#include <set>
#include <unistd.h>

namespace efface::node {

namespace {

struct ConfiguredKey {
    std::string path;
    std::string purpose;
};

/// Every key that the configuration names, each file once.
std::vector<ConfiguredKey> configured_keys(const Settings& settings) {
    std::vector<ConfiguredKey> keys;
    std::set<std::string> seen;
    for (const ProjectSettings& project : settings.projects) {
        if (seen.insert(project.key_file).second) {
            keys.push_back({project.key_file, "project " + project.name});
        }
    }
    if (seen.insert(settings.audit.key_file).second) {
        keys.push_back({settings.audit.key_file, "audit"});
    }
    return keys;
}

tl::expected<std::vector<ConfiguredKey>, Exit> keys_of_configuration(CommandContext& context) {
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return tl::unexpected(settings.error());
    }
    return configured_keys(**settings);
}

void print_key(Output& output, const ConfiguredKey& key, const std::string& fingerprint, bool made) {
    if (output.json()) {
        output.json_line(
            {{"file", key.path}, {"purpose", key.purpose}, {"fingerprint", fingerprint}, {"made", made}}
        );
        return;
    }
    output.line(
        fingerprint + "  " + key.path + (key.purpose.empty() ? "" : "  (" + key.purpose + ")") +
        (made ? "  new: keep a copy in a safe place" : "")
    );
}

bool is_there(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

Exit make_key(CommandContext& context, const ConfiguredKey& key) {
    if (is_there(key.path)) {
        context.output.error(key.path + " is there already; a key file is never overwritten");
        return Exit::kRefused;
    }
    const auto made = make_key_file(context.environment, key.path);
    if (!made) {
        context.output.error(made.error());
        return Exit::kInternal;
    }
    print_key(context.output, key, made->fingerprint(), /*made=*/true);
    return Exit::kOk;
}

}  // namespace

Exit run_key_new(CommandContext& context, const Arguments& arguments) {
    if (arguments.has("FILE")) {
        return make_key(context, {arguments.text("FILE"), ""});
    }
    const auto keys = keys_of_configuration(context);
    if (!keys) {
        return keys.error();
    }
    bool any = false;
    for (const ConfiguredKey& key : *keys) {
        if (is_there(key.path)) {
            continue;
        }
        any = true;
        if (const Exit made = make_key(context, key); made != Exit::kOk) {
            return made;
        }
    }
    if (!any) {
        context.output.remark("Every configured key is there already.");
    }
    return Exit::kOk;
}

Exit run_key_fingerprint(CommandContext& context, const Arguments& arguments) {
    std::vector<ConfiguredKey> keys;
    for (const std::string& path : arguments.texts("FILE")) {
        keys.push_back({path, ""});
    }
    if (keys.empty()) {
        auto configured = keys_of_configuration(context);
        if (!configured) {
            return configured.error();
        }
        keys = std::move(*configured);
    }
    Exit outcome = Exit::kOk;
    for (const ConfiguredKey& key : keys) {
        const auto read = read_key_file(key.path);
        if (read) {
            print_key(context.output, key, read->fingerprint(), /*made=*/false);
        } else {
            context.output.error(read.error());
            outcome = Exit::kConfiguration;
        }
    }
    return outcome;
}

}  // namespace efface::node
