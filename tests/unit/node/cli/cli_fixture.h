// For the tests of node/cli: a command line run inside this process, its output kept.
#pragma once

#include "node/cli/command_line.h"
#include "node/control/key_file.h"
#include "tests/unit/node/control/test_node.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

namespace efface::node::testing {

struct CommandOutcome {
    int code = -1;
    std::string out;
    std::string error;

    std::vector<Json> json_lines() const {
        std::vector<Json> lines;
        std::size_t begin = 0;
        for (std::size_t end = out.find('\n'); end != std::string::npos; end = out.find('\n', begin)) {
            lines.push_back(parse_json(out.substr(begin, end - begin)).value_or(Json("unreadable")));
            begin = end + 1;
        }
        return lines;
    }
};

/// A stream into memory.
class Captured {
public:
    Captured() : stream_{::open_memstream(&text_, &size_)} {}

    ~Captured() {
        std::fclose(stream_);
        std::free(text_);  // NOLINT: open_memstream allocates with malloc
    }

    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;

    std::FILE* stream() const { return stream_; }

    std::string text() const {
        std::fflush(stream_);
        return {text_, size_};
    }

private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* stream_;
};

inline CommandOutcome run_efface(Environment& environment, const std::vector<std::string>& arguments) {
    const Captured out;
    const Captured error;
    CommandOutcome outcome;
    outcome.code = run_command_line(environment, arguments, out.stream(), error.stream());
    outcome.out = out.text();
    outcome.error = error.text();
    return outcome;
}

/// A command line on the state directory of a TestNode, in UTC and at its clock.
class CommandLine {
public:
    explicit CommandLine(TestNode& node) : node_{node} {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        const std::string& path = node.settings().audit.key_file;
        std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
        std::ofstream{path} << key_of(1).to_file_text();
        ::chmod(path.c_str(), 0600);
    }

    CommandOutcome operator()(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"--state", node_.settings().node.state_directory});
        return run_efface(environment_, arguments);
    }

private:
    TestNode& node_;
    Environment environment_{node_.clock(), system_environment().entropy, system_environment().files};
};

}  // namespace efface::node::testing
