// efface: the command line's entry.
#include "node/cli/command_line.h"

#include <csignal>

int main(int argc, char** argv) {
    // A reader that goes away, as in `efface queue | head`, ends the program quietly at its next write.
    std::signal(SIGPIPE, SIG_DFL);
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return efface::node::run_command_line(efface::system_environment(), arguments, stdout, stderr);
}
