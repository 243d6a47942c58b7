// EvaluatorService: answers evaluator_protocol.h on one socket until the other end closes it. Loads the
// networks when it is configured, is confined then, and opens no path afterwards.
// Thread rule: belongs to the main thread of efface-evaluator.
#pragma once

#include "config/json_forward.h"
#include "config/result.h"
#include "pipeline/evaluate/evaluator.h"
#include "pipeline/worker/file_bytes.h"

#include <optional>

namespace efface::pipeline {

class EvaluatorService {
public:
    explicit EvaluatorService(int socket) : socket_{socket} {}

    /// Success at end of file. An error ends the process: the socket or the confinement is broken.
    Status run();

private:
    struct Reply {
        MessageKind kind = MessageKind::kFailed;
        std::string payload;
    };

    Result<Reply> answer(const Message& request);
    Result<Reply> configure(const Json& json);
    Result<Reply> evaluate(const Json& json, const Message& request);
    Result<Reply> summarize(const Message& request);

    int socket_;
    WorkerLimits limits_;
    bool confined_ = false;
    std::optional<Evaluator> evaluator_;
    FileBytes truth_;
    FileBytes mask_;
};

}  // namespace efface::pipeline
