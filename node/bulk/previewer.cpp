#include "node/bulk/previewer.h"

#include "config/json.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace efface::node {

Status Previewer::draw(int instance, const pipeline::PreviewRequest& request, const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), error);
    const Descriptor picture{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!picture.valid()) {
        return fail(
            Fault::kRefuse, "a preview cannot be made, or stands there already", Where::number(errno)
        );
    }
    const Status drawn = ask(instance, request, picture.get());
    if (!drawn) {
        ::unlink(path.c_str());
    }
    return drawn;
}

Status Previewer::ask(int instance, const pipeline::PreviewRequest& request, int picture) {
    const std::lock_guard lock{mutex_};
    if (!worker_ || !worker_->alive()) {
        EFFACE_TRY(WorkerProcess started, WorkerProcess::start(program_));
        worker_.emplace(std::move(started));
    }
    EFFACE_TRY(
        [[maybe_unused]] const std::string reply,
        worker_->call(
            pipeline::MessageKind::kPreview, dump_json(pipeline::to_json(request)), {instance, picture},
            pipeline::MessageKind::kPreviewed, deadline_
        )
    );
    return {};
}

}  // namespace efface::node
