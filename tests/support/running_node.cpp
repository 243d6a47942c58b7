#include "tests/support/running_node.h"

#include "config/assert.h"
#include "config/json.h"
#include "db/store/store.h"
#include "node/control/key_file.h"
#include "pipeline/spool/shelves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>

namespace efface::testing {

namespace {

constexpr std::chrono::milliseconds kPollPause{5};
constexpr std::chrono::milliseconds kTick{20};

void write_file(const std::string& path, std::string_view text) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << text;
}

std::vector<std::string> files_under(const std::string& directory) {
    std::vector<std::string> files;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{directory, ignored}) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path().string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().message();
    }
    EFFACE_ASSERT(result.has_value());
    return std::move(*result);
}

}  // namespace

std::string read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

bool eventually(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(kPollPause);
    }
    return true;
}

RunningNode::RunningNode(RunningNodeOptions options)
    : settings_{Settings::embedded(directory_.path())},
      options_{
          .worker_path = options.worker_path.empty() ? EFFACE_WORKER : options.worker_path,
          .hold_quiet = options.hold_quiet,
          .tick = kTick} {
    std::filesystem::create_directories(archive_path());
    settings_.node.log_level = LogLevel::kError;
    settings_.listen.addresses.front().port = 0;
    settings_.web.listen.reset();
    settings_.spool = {.soft_free = {0, false}, .hard_free = {0, false}};
    settings_.workers.count = 1;
    settings_.destinations.front().retry_seconds_min = 1;
    settings_.destinations.front().retry_seconds_max = 1;
    for (const std::string& key : {settings_.projects.front().key_file, settings_.audit.key_file}) {
        const auto made = node::make_key_file(system_environment(), key);
        EXPECT_TRUE(made) << made.error();
    }
    if (!options.rules.empty()) {
        change_rules(options.rules);
    }
    if (options.edit_settings) {
        options.edit_settings(settings_);
    }
    if (options.start) {
        const std::string error = start();
        EXPECT_EQ(error, "");
    }
}

RunningNode::~RunningNode() {
    stop();
}

std::string RunningNode::start() {
    std::promise<std::string> started;
    auto outcome = started.get_future();
    thread_ = std::thread{[this, &started] {
        auto made = node::Node::start(system_environment(), settings_, options_);
        if (!made) {
            started.set_value(made.error());
            return;
        }
        node_ = made->get();
        port_ = node_->dicom_ports().front();
        started.set_value("");
        exit_code_ = (*made)->run();
    }};
    const std::string error = outcome.get();
    if (!error.empty()) {
        thread_.join();
    }
    return error;
}

int RunningNode::stop() {
    if (thread_.joinable()) {
        node_->request_stop();
        thread_.join();
        node_ = nullptr;
    }
    return exit_code_;
}

void RunningNode::change_rules(std::string_view text) {
    settings_.projects.front().rules_file = directory_.path() + "/rules.toml";
    write_file(settings_.projects.front().rules_file, text);
}

bool RunningNode::answers() {
    RawScu scu{port_};
    return scu.associate().is(node::PduType::kAssociateAc) && scu.echo() == 0x0000 && scu.release();
}

node::ControlResult RunningNode::control(std::string_view operation, const Json& arguments) {
    auto client = node::ControlClient::connect(settings_.node.control_socket_path);
    if (!client) {
        return tl::unexpected(client.error());
    }
    return client->call(operation, arguments, kPatience);
}

std::string RunningNode::change_job(std::string_view operation, db::JobId job, Json more) {
    more["jobs"] = Json::array({job});
    more["reason"] = "a test";
    const auto result = control(operation, more);
    return result ? result->at("jobs").at(0).at("error").get<std::string>() : result.error().text;
}

std::vector<db::Job> RunningNode::jobs() {
    std::vector<db::Job> all;
    for (db::JobId id = 1;; ++id) {
        auto found = job(id);
        if (!found) {
            return all;
        }
        all.push_back(std::move(*found));
    }
}

std::optional<db::Job> RunningNode::job(db::JobId id) {
    auto reader = must(db::open_store_reader(settings_.node.database_path));
    return must(db::find_job(reader, id));
}

std::optional<db::Job> RunningNode::job_of(std::string_view sop_instance_uid) {
    auto reader = must(db::open_store_reader(settings_.node.database_path));
    auto found = must(db::find_instance(reader, settings_.projects.front().name, sop_instance_uid));
    return found.empty() ? std::nullopt : std::optional{std::move(found.back())};
}

std::vector<db::Delivery> RunningNode::deliveries(db::JobId id) {
    auto reader = must(db::open_store_reader(settings_.node.database_path));
    return must(db::find_deliveries(reader, id));
}

std::vector<db::AuditRow> RunningNode::audit(std::optional<db::AuditEvent> event, db::JobId job) {
    auto reader = must(db::open_store_reader(settings_.node.database_path));
    return must(db::query_audit(reader, {.event = event, .job = job}));
}

db::Job RunningNode::wait_for(std::string_view sop_instance_uid, db::JobState state) {
    std::optional<db::Job> found;
    const bool reached = eventually([&] {
        found = job_of(sop_instance_uid);
        return found && found->state == state;
    });
    EXPECT_TRUE(reached) << "wanted " << db::state_name(state) << ", is "
                         << (found ? db::state_name(found->state) : "not there") << ": "
                         << (found ? found->reason : "");
    return found.value_or(db::Job{});
}

db::Job RunningNode::wait_for(db::JobId id, db::JobState state) {
    std::optional<db::Job> found;
    const bool reached = eventually([&] {
        found = job(id);
        return found && found->state == state;
    });
    EXPECT_TRUE(reached) << "wanted " << db::state_name(state) << ", is "
                         << (found ? db::state_name(found->state) : "not there") << ": "
                         << (found ? found->reason : "");
    return found.value_or(db::Job{});
}

bool RunningNode::wait_for_audit(db::AuditEvent event, std::size_t count, db::JobId job) {
    return eventually([&] { return audit_count(event, job) >= count; });
}

std::vector<std::string> RunningNode::archive_files() const {
    return files_under(archive_path());
}

std::string RunningNode::archive_bytes() const {
    std::string all;
    for (const std::string& file : archive_files()) {
        all += read_file(file);
    }
    return all;
}

std::vector<std::string> RunningNode::spool_files(std::string_view folder) const {
    return files_under(settings_.node.spool_directory + "/" + std::string{folder});
}

std::string RunningNode::spool_path(std::string_view folder, std::string_view name) const {
    const std::string kind = settings_.node.spool_directory + "/" + std::string{folder};
    return pipeline::shelf_path(kind, name) + "/" + std::string{name};
}

}  // namespace efface::testing
