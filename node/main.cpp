// effaced: the daemon. Reads as the start-up story: what is configured, then the node, until told to stop.
#include "node/runtime/node.h"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>

namespace {

constexpr int kExitConfiguration = 3;
constexpr int kExitCannotStart = 6;

int run_node(const std::string& config_path, const std::string& embedded_directory) {
    using efface::Settings;
    Settings settings;
    if (!config_path.empty()) {
        auto loaded = Settings::load(config_path);
        if (!loaded) {
            for (const efface::SettingsError& error : loaded.error()) {
                std::fprintf(stderr, "effaced: %s\n", error.message().c_str());
            }
            return kExitConfiguration;
        }
        settings = std::move(*loaded);
    } else {
        settings = Settings::embedded(embedded_directory);
    }
    auto node = efface::node::Node::start(efface::system_environment(), std::move(settings), {});
    if (!node) {
        std::fprintf(stderr, "effaced: %s\n", node.error().c_str());
        return kExitCannotStart;
    }
    return (*node)->run();
}

}  // namespace

int main(int argc, char** argv) {
    // A peer that goes away must not end the process.
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App app{"effaced: the Efface node. Receives DICOM studies, de-identifies and forwards them."};
    std::string config_path;
    std::string embedded_directory = efface::default_state_directory();
    app.add_option("--config", config_path, "Settings file (TOML); `efface config example` prints one");
    app.add_option(
        "--state", embedded_directory, "Without --config: run on the embedded defaults in this directory"
    );
    app.set_version_flag("--version", std::string{efface::node::software_version()});
    app.footer(
        "Examples:\n  effaced --config /etc/efface/efface.toml\n  effaced --state ./state\n\n"
        "Exit codes: 0 stopped as asked, 2 usage, 3 configuration, 6 cannot start or had to halt."
    );
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return run_node(config_path, embedded_directory);
}
