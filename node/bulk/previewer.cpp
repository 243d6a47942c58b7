#include "node/bulk/previewer.h"

#include "config/json.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace efface::node {

std::string Previewer::draw(int instance, const pipeline::PreviewRequest& request, const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), error);
    const Descriptor picture{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!picture.valid()) {
        return Error{
            Fault::kRefuse, "a preview cannot be made, or stands there already", Where::number(errno)}
            .message();
    }
    std::string why_not = ask(instance, request, picture.get());
    if (!why_not.empty()) {
        ::unlink(path.c_str());
    }
    return why_not;
}

std::string Previewer::ask(int instance, const pipeline::PreviewRequest& request, int picture) {
    const std::lock_guard lock{mutex_};
    if (!worker_ || !worker_->alive()) {
        Result<WorkerProcess> started = WorkerProcess::start(program_);
        if (!started) {
            return started.error().message();
        }
        worker_.emplace(std::move(*started));
    }
    const Result<std::string> reply = worker_->call(
        pipeline::MessageKind::kPreview, dump_json(pipeline::to_json(request)), {instance, picture},
        pipeline::MessageKind::kPreviewed, deadline_
    );
    if (reply) {
        return {};
    }
    return worker_->failure_reason().empty() ? reply.error().message() : worker_->failure_reason();
}

}  // namespace efface::node
