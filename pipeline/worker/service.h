// WorkerService: answers the requests of worker_protocol.h on one socket, one at a time, until the
// daemon closes it. Holds the projects' keys and rules; knows no path.
// Thread rule: belongs to the main thread of a worker process.
#pragma once

#include "config/json.h"
#include "config/result.h"
#include "pipeline/unit/worker_protocol.h"
#include "pipeline/worker/file_bytes.h"
#include "pipeline/worker/worker_finders.h"
#include "rules/keys/project_key.h"
#include "rules/matching/rule_set.h"

#include <functional>
#include <string>
#include <vector>

namespace efface::pipeline {

class WorkerService {
public:
    /// `confine` is called once, after the first configuration and before the first instance.
    WorkerService(int socket, std::function<Status(const WorkerLimits&)> confine)
        : socket_{socket}, confine_{std::move(confine)} {}

    /// Success at end of file. An error ends the process: the socket or the confinement is broken.
    Status run();

private:
    struct Project {
        std::string name;
        rules::ProjectKey key;
        rules::RuleSet rules;
    };

    struct Reply {
        MessageKind kind = MessageKind::kFailed;
        Json payload;
    };

    Result<Reply> answer(const Message& request);
    Result<Reply> configure(const Json& json);
    Result<Reply> clean(const Json& json, const Message& request);
    Result<Reply> gate(const Json& json, const Message& request);
    Result<Reply> preview(const Json& json, const Message& request);
    Result<Reply> segment(const Json& json, const Message& request);
    Result<Reply> gate_segment(const Json& json, const Message& request);
    Result<Reply> explain(const Json& json, const Message& request);
    Result<const Project*> find_project(const WorkOrder& order) const;

    int socket_;
    std::function<Status(const WorkerLimits&)> confine_;
    bool confined_ = false;
    std::string software_version_;
    WorkerLimits limits_;
    std::vector<Project> projects_;
    WorkerFinders finders_;
    FileBytes original_;
    FileBytes written_;
};

}  // namespace efface::pipeline
